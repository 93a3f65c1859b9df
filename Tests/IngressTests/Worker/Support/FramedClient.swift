import HTTPWire

@testable import Ingress

/// A client of HTTP/2 whose octets a test carries.
struct FramedClient: ~Copyable {
    private var connection: HTTP2Connection
    private var input: [UInt8] = []
    /// The last head of each stream, as HTTP/1 would have it.
    private(set) var heads: [UInt32: String] = [:]
    /// How many octets of bodies came, by stream.
    private(set) var counts: [UInt32: Int] = [:]

    init(_ limits: HTTP2Limits = HTTP2Limits()) { connection = HTTP2Connection(.client, limits) }

    /// Begins a request of HTTP/1 as far as it is there: a head, and some of its body.
    mutating func begin(_ head: String, _ body: String = "", isEnd: Bool = false) throws {
        let octets = Array(head.replacing("\n", with: "\r\n").utf8)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        guard case .complete = parser.parse(octets.span, resumingAt: &scanned), let number = connection.openStream()
        else { throw InvalidRequest() }
        connection.send(parser.head, in: octets.span, scheme: .http, on: number, isEnd: isEnd)
        let part = Array(body.utf8)
        if !part.isEmpty { _ = connection.sendData(part.span, on: number, isEnd: false) }
    }

    /// Asks for a WebSocket (RFC 8441 section 5).
    mutating func connect(
        _ fields: [(name: String, value: String)] = [],
        name: String = "websocket",
        authority: String = "web.example",
        isEnd: Bool = false
    ) throws -> UInt32 {
        guard let number = connection.openStream() else { throw InvalidRequest() }
        let pseudoFields = [
            (":method", "CONNECT"), (":protocol", name), (":scheme", "http"), (":path", "/c"),
            (":authority", authority),
        ]
        connection.sendFields(on: number, isEnd: isEnd) { encoder, block in
            for (name, value) in pseudoFields + fields {
                let (name, value) = (Array(name.utf8), Array(value.utf8))
                encoder.append(name: name.span, value: value.span, to: &block)
            }
        }
        return number
    }

    /// Sends what is no message. Returns how many octets the windows take.
    @discardableResult
    mutating func send(_ octets: [UInt8], on number: UInt32, isEnd: Bool = false) -> Int {
        connection.sendData(octets.span, on: number, isEnd: isEnd)
    }

    /// Sends trailers, and nothing behind them.
    mutating func trail(_ number: UInt32) {
        connection.sendFields(on: number, isEnd: true) { encoder, block in
            let (name, value) = (Array("x".utf8), Array("1".utf8))
            encoder.append(name: name.span, value: value.span, to: &block)
        }
    }

    /// Takes a request back.
    mutating func leave(_ number: UInt32) { connection.reset(number, .cancel) }

    struct InvalidRequest: Error {}

    mutating func takeOutput() -> [UInt8] {
        defer { connection.output.removeAll() }
        return connection.output.octets
    }

    /// What octets of the server mean.
    mutating func read(_ octets: [UInt8]) -> [String] {
        input += octets
        let input = input
        var told: [String] = []
        var offset = 0
        while true {
            switch connection.next(input.span, from: &offset, now: 0) {
            case .needsMore:
                self.input.removeFirst(offset)
                return told
            case .head(let number, let isEnd):
                told.append("\(number) head\(isEnd ? ", end" : "")")
                var head = OctetBuffer()
                _ = try? connection.fields.writeResponseHead(isEnd: isEnd, isToHead: false, HeadLimits(), to: &head)
                heads[number] = String(decoding: head.octets, as: UTF8.self).replacing("\r\n", with: "\n")
            case .data(let number, let range, let isEnd):
                counts[number, default: 0] += range.count
                connection.credit(number, range.count)
                let text = String(decoding: input[range], as: UTF8.self)
                told.append("\(number) \(text)\(isEnd ? ", end" : "")")
            case .reset(let number, let code): told.append("\(number) reset by \(code.rawValue)")
            case .failed(let code):
                told.append("failed by \(code.rawValue)")
                return told
            case .trailers, .writable, .goAway: break
            }
        }
    }
}
