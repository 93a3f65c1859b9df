import HTTPWire
import SeededNumbers

@testable import Ingress

/// A stream between two connections of HTTP/2, and at each end the octets of HTTP/1 that go in and come out.
struct StreamEnds: ~Copyable {
    var client: HTTP2Connection
    var server: HTTP2Connection
    var asked: InnerStream
    var served: InnerStream
    let number: UInt32
    /// What has come out as a request, and as a response, and was taken.
    private(set) var request: [UInt8] = []
    private(set) var response: [UInt8] = []
    /// What was credited of the bodies.
    private(set) var credited = (request: 0, response: 0)
    /// What went wrong.
    private(set) var faults: [String] = []
    var isTaking = true
    private var parsers = InnerParsers(HeadLimits())
    private var toServer: [UInt8] = []
    private var toClient: [UInt8] = []
    /// How much moves at a time: all there is, or a part by chance.
    private var numbers: SeededNumbers?

    init(_ limits: HTTP2Limits = HTTP2Limits(), seed: UInt64? = nil) {
        client = HTTP2Connection(.client, limits)
        server = HTTP2Connection(.server, limits)
        number = client.openStream() ?? 0
        asked = InnerStream(number, from: .us(.http))
        served = InnerStream(number, from: .client)
        numbers = seed.map { SeededNumbers(seed: $0) }
    }

    /// Begins another stream on the same connections.
    init(after ends: consuming StreamEnds) {
        client = ends.client
        server = ends.server
        number = client.openStream() ?? 0
        asked = InnerStream(number, from: .us(.http))
        served = InnerStream(number, from: .client)
        numbers = ends.numbers
        toServer = ends.toServer
        toClient = ends.toClient
    }

    private mutating func part(of count: Int) -> Int {
        guard count > 0, numbers != nil else { return count }
        return Int.random(in: 1...min(count, 3_000), using: &numbers!)
    }

    /// Sends octets of a request, and lets everything move.
    mutating func ask(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(part(of: rest.count)))
            rest = rest.dropFirst(part.count)
            if !asked.send(part.span, &parsers, &client) { return faults.append("no request") }
            if numbers != nil { step() }
        }
        settle()
    }

    /// Sends octets of a response, and lets everything move.
    mutating func answer(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(part(of: rest.count)))
            rest = rest.dropFirst(part.count)
            if !served.send(part.span, &parsers, &server) { return faults.append("no response") }
            if numbers != nil { step() }
        }
        settle()
    }

    /// Lets move what can, until nothing does.
    mutating func settle() {
        while step() {}
    }

    /// Returns whether anything has moved.
    @discardableResult
    private mutating func step() -> Bool {
        let before = (request.count, response.count)
        let hasLeft = !client.output.isEmpty || !server.output.isEmpty
        let fromClient = Array(client.output.octets.prefix(part(of: client.output.count)))
        client.output.removeFirst(fromClient.count)
        Self.receive(fromClient, &toServer, &server, &served, &faults)
        let fromServer = Array(server.output.octets.prefix(part(of: server.output.count)))
        server.output.removeFirst(fromServer.count)
        Self.receive(fromServer, &toClient, &client, &asked, &faults)
        if isTaking { take() }
        return hasLeft || before != (request.count, response.count)
    }

    mutating func take() {
        let taken = part(of: served.inbound.count)
        request += served.inbound.octets.prefix(taken)
        let requestCredit = served.take(taken)
        credited.request += requestCredit
        server.credit(number, requestCredit)
        let answered = part(of: asked.inbound.count)
        response += asked.inbound.octets.prefix(answered)
        let responseCredit = asked.take(answered)
        credited.response += responseCredit
        client.credit(number, responseCredit)
    }

    /// Has one of the ends take octets of HTTP/2.
    ///
    /// - Parameter waiting: what it had of them before.
    private static func receive(
        _ octets: [UInt8],
        _ waiting: inout [UInt8],
        _ connection: inout HTTP2Connection,
        _ stream: inout InnerStream,
        _ faults: inout [String]
    ) {
        waiting += octets
        let octets = waiting
        var offset = 0
        while true {
            let event = connection.next(octets.span, from: &offset, now: 0)
            do throws(HTTP2HeadFault) {
                switch event {
                case .needsMore:
                    waiting.removeFirst(offset)
                    return
                case .head(_, let isEnd): try stream.begin(connection.fields, isEnd: isEnd, HeadLimits())
                case .data(_, let range, let isEnd):
                    if !stream.receive(octets.span.extracting(range), isEnd: isEnd) { faults.append("body") }
                case .trailers: try stream.receiveTrailers(connection.fields)
                case .writable: stream.flush(&connection)
                case .failed: return faults.append("\(event)")
                case .reset, .goAway: faults.append("\(event)")
                }
            } catch {
                faults.append("\(error)")
            }
        }
    }
}
