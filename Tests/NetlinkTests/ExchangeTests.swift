import LinuxSystem
import Synchronization
import Testing

@testable import Netlink

/// Requests and replies with a kernel that plays from a script.
@Suite struct ExchangeTests {
    private let request = LinkReference.index(tunnel).deletion(.acknowledge)

    private func exchange(_ script: [ScriptedReply]) -> NetlinkExchange<ScriptedChannel> {
        NetlinkExchange(ScriptedChannel(script))
    }

    @Test func `acknowledgements are matched by number, in whatever order they come`() {
        var exchange = exchange([
            .messages([.acknowledge(2, errno: 19), .acknowledge(1)]), .messages([.acknowledge(3)]),
        ])
        let results = exchange.acknowledge([request, request, request])
        #expect(results == [nil, Refusal(errno: .noDevice), nil])
    }

    @Test func `replies to an earlier exchange are passed over`() {
        var exchange = exchange([.messages([.acknowledge(0, errno: 22), .acknowledge(77), .acknowledge(1)])])
        #expect(exchange.acknowledge([request]) == [nil])
    }

    @Test func `lost acknowledgements leave the fate of their requests open, not that of others`() {
        var exchange = exchange([
            .messages([.acknowledge(1)]), .failure(.noBufferSpace), .messages([.acknowledge(2), .acknowledge(3)]),
        ])
        #expect(exchange.acknowledge([request, request]) == [nil, Refusal(errno: .noBufferSpace)])
        #expect(exchange.acknowledge([request]) == [nil])
    }

    @Test func `a kernel that says nothing is not waited for for ever`() {
        var exchange = exchange([.failure(.again)])
        #expect(exchange.acknowledge([request]) == [Refusal(errno: .timedOut)])
    }

    @Test func `a dump that was interrupted is read again`() throws {
        var exchange = exchange([
            .messages([.entry(1, "aa", flags: .dumpInterrupted), .entry(1, "bb")]), .messages([.done(1)]),
            .messages([.entry(2, "aa"), .entry(2, "cc"), .done(2)]),
        ])
        #expect(try exchange.dump(request, Self.firstByte) == [0xaa, 0xcc])
    }

    @Test func `an interruption that only the end reports counts`() throws {
        var exchange = exchange([
            .messages([.entry(1, "aa"), .done(1, flags: .dumpInterrupted)]), .messages([.entry(2, "bb"), .done(2)]),
        ])
        #expect(try exchange.dump(request, Self.firstByte) == [0xbb])
    }

    @Test func `a dump of which parts were lost is read again`() throws {
        var exchange = exchange([
            .messages([.entry(1, "aa")]), .failure(.noBufferSpace), .messages([.entry(1, "bb"), .done(1)]),
            .messages([.entry(2, "cc"), .done(2)]),
        ])
        #expect(try exchange.dump(request, Self.firstByte) == [0xcc])
    }

    @Test func `a table that never rests is given up`() {
        let replies = (1...20).map { ScriptedReply.messages([.done(UInt32($0), flags: .dumpInterrupted)]) }
        let expected = Refusal(errno: .again, message: "the table changes faster than it can be read")
        #expect(refusal(ofDumpWith: replies) == expected)
    }

    @Test func `a dump may end with an error, at once or after some entries`() {
        let atOnce: [ScriptedReply] = [.messages([.acknowledge(1, errno: 2)])]
        #expect(refusal(ofDumpWith: atOnce) == Refusal(errno: .noEntry))
        let later: [ScriptedReply] = [.messages([.entry(1, "aa"), .done(1, errno: 22)])]
        #expect(refusal(ofDumpWith: later) == Refusal(errno: .invalidArgument))
    }

    @Test func `a query has one answer or one refusal`() throws {
        var exchange = exchange([
            .messages([.entry(9, "ff"), .entry(1, "aa")]), .messages([.acknowledge(2, errno: 101)]),
        ])
        var answers: [UInt8] = []
        try exchange.query(request) { answers += $0.number(at: 0, as: UInt8.self).map { [$0] } ?? [] }
        #expect(answers == [0xaa])
        do {
            try exchange.query(request) { _ in }
            Issue.record("the refusal is not thrown")
        } catch {
            #expect(error == Refusal(errno: .networkUnreachable))
        }
    }

    private func refusal(ofDumpWith script: [ScriptedReply]) -> Refusal? {
        var exchange = exchange(script)
        do {
            _ = try exchange.dump(request, Self.firstByte)
            return nil
        } catch {
            return error
        }
    }

    private static func firstByte(_ header: MessageHeader, _ payload: RawSpan) -> UInt8? {
        payload.number(at: 0, as: UInt8.self)
    }
}

/// What one receive brings.
enum ScriptedReply {
    case messages([[UInt8]])
    case failure(Errno)

    /// The messages as the bytes of one receive, or nil for a failure.
    var bytes: [UInt8]? {
        if case .messages(let messages) = self { messages.flatMap(\.self) } else { nil }
    }

    var failure: Errno {
        if case .failure(let errno) = self { errno } else { .badMessage }
    }
}

/// A channel that receives what its script says.
struct ScriptedChannel: MessageChannel {
    let portID: UInt32 = 1
    private var script: ArraySlice<ScriptedReply>

    init(_ script: [ScriptedReply]) {
        self.script = script[...]
    }

    func send(_ bytes: [UInt8]) throws(Errno) {}

    mutating func receive(_ body: (MessageHeader, RawSpan) -> Void) throws(Errno) {
        // A script that ends too early is a kernel that fell silent.
        guard let reply = script.popFirst() else { throw .again }
        guard let bytes = reply.bytes else { throw reply.failure }
        MessageReader.forEach(in: bytes.span.bytes, body)
    }
}

extension [UInt8] {
    /// NLMSG_ERROR for the request of that number; errno 0 says that all went well.
    static func acknowledge(_ sequence: UInt32, errno: UInt8 = 0) -> [UInt8] {
        message(2, .capped, sequence, number(errno) + Array(repeating: 0, count: 16))
    }

    /// NLMSG_DONE at the end of a dump.
    static func done(_ sequence: UInt32, flags: MessageFlags = [], errno: UInt8 = 0) -> [UInt8] {
        message(3, flags, sequence, number(errno))
    }

    /// A part of a dump, or an answer, whose payload is that hexadecimal text.
    static func entry(_ sequence: UInt32, _ payload: String, flags: MessageFlags = []) -> [UInt8] {
        message(16, flags, sequence, bytes(payload + " 00 00 00"))
    }

    // A negative number in host byte order.
    private static func number(_ errno: UInt8) -> [UInt8] {
        errno == 0 ? [0, 0, 0, 0] : [0 &- errno, 0xff, 0xff, 0xff]
    }

    private static func message(_ type: UInt8, _ flags: MessageFlags, _ sequence: UInt32, _ payload: [UInt8]) -> [UInt8]
    {
        let length = UInt8(16 + payload.count)
        let flagBytes = [UInt8(truncatingIfNeeded: flags.rawValue), UInt8(flags.rawValue >> 8)]
        return [length, 0, 0, 0, type, 0] + flagBytes + [UInt8(sequence), 0, 0, 0, 1, 0, 0, 0] + payload
    }
}
