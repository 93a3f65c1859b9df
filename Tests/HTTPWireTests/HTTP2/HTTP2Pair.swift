import HTTPWire
import SeededNumbers

/// A client that has several requests with bodies under way, and a server that sends the bodies back, each stream at its
/// own pace. A body is as long as its stream's number says, and has the number in it.
struct HTTP2Pair: ~Copyable {
    private var numbers: SeededNumbers
    private var client: HTTP2End
    private var server: HTTP2End
    private var requestsLeft: Int
    private let isCancelling: Bool

    /// - Parameter isCancelling: whether both reset streams now and then. Then hardly a frame may come for nothing.
    init(seed: UInt64, requests: Int, isCancelling: Bool = false) {
        requestsLeft = requests
        self.isCancelling = isCancelling
        numbers = SeededNumbers(seed: seed)
        var limits = HTTP2Limits()
        limits.streams = Int.random(in: 1...8, using: &numbers)
        limits.streamWindow = Int.random(in: 100...40_000, using: &numbers)
        limits.streamFaults = 0
        limits.resets = isCancelling ? requests : 0
        if isCancelling { limits.idleFrames = 30 }
        client = HTTP2End(.client, limits)
        server = HTTP2End(.server, limits)
    }

    var isDone: Bool { fault != nil || requestsLeft == 0 && client.isDone && server.isDone }

    var fault: String? { client.fault ?? server.fault }

    var progress: String { "\(requestsLeft) to be asked, client \(client.progress), server \(server.progress)" }

    mutating func step() {
        switch Int.random(in: 0..<8, using: &numbers) {
        case 0, 1: server.receive(client.leave(&numbers))
        case 2, 3: client.receive(server.leave(&numbers))
        case 4: if requestsLeft > 0, client.ask() { requestsLeft -= 1 }
        case 5: client.work(&numbers)
        default:
            guard isCancelling, Int.random(in: 0..<4, using: &numbers) == 0 else { return server.work(&numbers) }
            if Bool.random(using: &numbers) { client.cancel(&numbers) } else { server.cancel(&numbers) }
        }
    }
}

/// One of the two.
struct HTTP2End: ~Copyable {
    private let role: HTTP2Connection.Role
    private var connection: HTTP2Connection
    private var pending: [UInt8] = []
    private var streams: [UInt32: Stream] = [:]
    private(set) var fault: String?

    private struct Stream {
        var received = 0
        var uncredited = 0
        var hasEnded = false
        /// How many octets of the body may be sent: a server sends back what it has.
        var sendable: Int
        var sent = 0
        var isSent = false
        /// Whether nothing was refused, or it was told since that more may be sent.
        var isWritable = true
    }

    init(_ role: HTTP2Connection.Role, _ limits: HTTP2Limits) {
        self.role = role
        connection = HTTP2Connection(role, limits)
    }

    var isDone: Bool { streams.isEmpty && connection.streamCount == 0 }

    var progress: String { "\(streams)" }

    private static func length(_ stream: UInt32) -> Int { Int(stream) &* 7_919 % 20_000 }

    /// Some of what is to leave.
    mutating func leave(_ numbers: inout SeededNumbers) -> [UInt8] {
        let octets = Array(connection.output.octets.prefix(Int.random(in: 1...30_000, using: &numbers)))
        connection.output.removeFirst(octets.count)
        return octets
    }

    mutating func ask() -> Bool {
        guard let stream = connection.openStream() else { return false }
        connection.sendFields(on: stream, isEnd: false) { $0.append(name: [0x61].span, value: [0x62].span, to: &$1) }
        streams[stream] = Stream(sendable: Self.length(stream))
        return true
    }

    mutating func receive(_ octets: [UInt8]) {
        pending += octets
        let octets = pending
        var offset = 0
        while fault == nil {
            let event = connection.next(octets.span, from: &offset, now: 0)
            if event == .needsMore { break }
            take(event, octets)
        }
        pending.removeFirst(offset)
    }

    private mutating func take(_ event: HTTP2Event, _ octets: [UInt8]) {
        switch event {
        case .head(let number, isEnd: false):
            guard role == .server else { return }
            streams[number] = Stream(sendable: 0)
            connection.sendFields(on: number, isEnd: false) { $0.append(status: 200, to: &$1) }
        case .data(let number, let range, let isEnd):
            guard var stream = streams[number] else { return fault = "DATA of \(number)" }
            if octets[range].contains(where: { $0 != UInt8(truncatingIfNeeded: number) }) { fault = "DATA of another" }
            stream.received += range.count
            stream.uncredited += range.count
            if role == .server { stream.sendable += range.count }
            stream.hasEnded = isEnd
            if isEnd, stream.received != Self.length(number) { fault = "\(number) has \(stream.received) octets" }
            streams[number] = stream
        case .reset(let number, let code):
            if code != .cancel { fault = "\(event)" }
            end(number)
        case .writable(let number):
            for key in streams.keys where number == 0 || number == key { streams[key]?.isWritable = true }
        default: fault = "\(event)"
        }
        finish()
    }

    private mutating func finish() {
        for (number, stream) in streams where stream.hasEnded && stream.isSent { end(number) }
    }

    private mutating func end(_ number: UInt32) {
        guard let stream = streams.removeValue(forKey: number) else { return }
        connection.credit(number, stream.uncredited)
    }

    /// Resets one of the streams.
    mutating func cancel(_ numbers: inout SeededNumbers) {
        guard let number = streams.keys.sorted().randomElement(using: &numbers) else { return }
        connection.reset(number, .cancel)
        end(number)
    }

    /// Sends some of a body, and credits some of what has come.
    mutating func work(_ numbers: inout SeededNumbers) {
        guard let number = streams.keys.sorted().randomElement(using: &numbers), var stream = streams[number] else {
            return
        }
        let credit = Bool.random(using: &numbers) ? stream.uncredited : stream.uncredited / 2
        connection.credit(number, credit)
        stream.uncredited -= credit
        let length = Self.length(number)
        let most = min(stream.sendable - stream.sent, Int.random(in: 0...20_000, using: &numbers))
        if stream.isWritable, !stream.isSent {
            let body = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: most)
            let isEnd = stream.sent + most == length && (role == .client || stream.hasEnded)
            let taken = connection.sendData(body.span, on: number, isEnd: isEnd)
            stream.sent += taken
            stream.isSent = isEnd && taken == most
            stream.isWritable = taken == most
        }
        streams[number] = stream
        finish()
    }
}
