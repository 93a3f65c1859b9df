import HTTPWire
import LinuxSystem

/// A client's connection of HTTP/1 and, while a request is being answered, the connection to the endpoint that answers it.
///
/// A machine without sockets and clock: what happens comes in as events, what is to be done stands in the effects of the
/// workbench afterwards. Requests are answered one after the other; what the client sends beyond the request at hand stays
/// with the loop.
struct Conversation: ~Copyable {
    enum ClientPhase {
        /// A request's head is to come, or goes on.
        case head
        /// The body of the request goes on.
        case body
        /// The request is complete, its response is not.
        case waiting
        /// The response is complete: what is left of the body is taken so that the next request can be found.
        case discarding
        case tunnel
        /// A password is being compared.
        case checking
        /// The own side has ended: the client's is awaited.
        case closing
        case closed
    }

    enum UpstreamPhase {
        case none
        case connecting
        /// The head of the response is to come, or goes on.
        case head
        case body
        case tunnel
    }

    var client: ClientConnection
    var upstream = StreamID.none
    var clientPhase = ClientPhase.head
    var upstreamPhase = UpstreamPhase.none
    var exchange = Exchange()
    /// How much of the head at hand was looked at.
    var scanned = 0
    /// Whether octets of a head came that is not complete.
    var isInHead = false
    /// The same for the head of the response.
    var upstreamScanned = 0
    var requestBody = BodyProgress.none
    var responseBody = BodyProgress.none
    /// Since the window for slow bodies began.
    var windowOctets: UInt64 = 0
    /// How many requests there were.
    var requests = 0
    /// What is left of the octets that are taken for nothing.
    var discardable: UInt64 = 0
    /// Whether the endpoint's connection may carry another request.
    var isUpstreamPersistent = false
    /// How the body of the response is delimited for the client.
    var framing = ResponseFraming.none
    /// Who has ended its side of a tunnel.
    var tunnelEnds: TunnelEnds = []
    /// The request whose password is being compared.
    var pending: PendingRequest?
    /// What comes behind that.
    var phaseAfterCheck = ClientPhase.waiting
    /// Whether the client has said that this is its last request: then nothing of it can be left unread when it is answered.
    var isLastOfClient = false
    /// Whether the client may send another request when this one is answered.
    var isPersistent = true

    init(_ client: ClientConnection) {
        self.client = client
    }
}

/// The sides of a tunnel that will send nothing more.
struct TunnelEnds: OptionSet {
    let rawValue: UInt8

    static let client = TunnelEnds(rawValue: 1)
    static let upstream = TunnelEnds(rawValue: 2)
}

/// How far a body is.
enum BodyProgress {
    case none
    /// So many octets are left.
    case octets(UInt64)
    case chunked(ChunkedReader)
    /// All that comes until the connection ends.
    case untilClose
}

// MARK: - Events of the client

extension Conversation {
    /// The first event: nothing came yet.
    mutating func begin(_ bench: inout Workbench) {
        bench.effects.clientDeadline = .set(bench.limits.idle)
    }

    /// - Returns: how many of the octets were taken.
    mutating func receive(_ octets: Span<UInt8>, hasEnded: Bool, _ bench: inout Workbench) -> Int {
        var taken = 0
        while true {
            let rest = octets.extracting(taken..<octets.count)
            switch clientPhase {
            case .head:
                guard !rest.isEmpty else {
                    if hasEnded { close(&bench) }
                    return taken
                }
                guard let length = readHead(rest, hasEnded: hasEnded, &bench) else { return taken }
                taken += length
            case .body, .discarding:
                let length = relayRequestBody(rest, &bench)
                taken += length
                guard clientPhase == .body || clientPhase == .discarding else { continue }
                if hasEnded, length == rest.count { clientLeft(&bench) }
                return taken
            case .waiting, .checking:
                // Without more, the loop goes on reading, so as to see whether the client leaves. Over HTTP/2 it has another
                // word for that, and may have ended its side of a WebSocket.
                if !rest.isEmpty || hasEnded && client.isMultiplexed {
                    bench.effects.actions.insert(.pauseClient)
                } else if hasEnded {
                    clientLeft(&bench)
                }
                return taken
            case .tunnel:
                bench.effects.toUpstream.append(rest)
                exchange.requestOctets += UInt64(rest.count)
                if hasEnded, !tunnelEnds.contains(.client) { end(.client, of: .finishUpstream, &bench) }
                return octets.count
            case .closing:
                if hasEnded { close(&bench) }
                return octets.count
            case .closed:
                return octets.count
            }
        }
    }

    /// The client is gone, or ended its side before it had its response, which is how clients go.
    /// - Parameter reason: for the access log.
    mutating func clientLeft(because reason: String = "the client left", _ bench: inout Workbench) {
        if exchange.isOpen {
            noteCut(reason)
            finishExchange(status: exchange.status == 0 ? 499 : exchange.status, &bench)
        }
        dropUpstream(&bench)
        close(&bench)
    }

    mutating func clientExpired(_ bench: inout Workbench) {
        switch clientPhase {
        case .head where isInHead: refuse(408, "the head took too long", &bench)
        case .body where windowOctets < bench.limits.bodyWindowOctets:
            if exchange.status == 0 {
                answer(LocalAnswer(408, reason: "the body is too slow"), &bench)
            } else {
                clientLeft(because: "the body is too slow", &bench)
            }
        case .body:
            windowOctets = 0
            bench.effects.clientDeadline = .set(bench.limits.bodyWindow)
        case .head, .discarding, .closing: close(&bench)
        case .waiting, .checking, .tunnel, .closed: break
        }
    }

    /// All that waited for the client has left.
    mutating func drained(_ bench: inout Workbench) {
        switch clientPhase {
        case .head: bench.effects.clientDeadline = .set(bench.limits.idle)
        case .body: bench.effects.clientDeadline = bodyDeadline(bench)
        case .discarding, .closing: bench.effects.clientDeadline = .set(bench.limits.linger)
        case .waiting, .checking, .tunnel, .closed: bench.effects.clientDeadline = .clear
        }
    }

    /// The proxy is to stop: who has been answered and waits for nothing goes at once. Who has just come has its first
    /// request answered.
    mutating func drain(_ bench: inout Workbench) {
        isPersistent = false
        if clientPhase == .head, !isInHead, requests > 0 { close(&bench) }
    }

    /// One side of the tunnel will send nothing more.
    mutating func end(_ side: TunnelEnds, of action: Effects.Actions, _ bench: inout Workbench) {
        tunnelEnds.insert(side)
        guard tunnelEnds == [.client, .upstream] else {
            bench.effects.actions.insert(action)
            return
        }
        releaseUpstream(canBeKept: false, &bench)
        finishExchange(status: exchange.status, &bench)
        close(&bench)
    }

    /// Ends the own side, and waits for the client's.
    mutating func beginClosing(_ bench: inout Workbench) {
        clientPhase = .closing
        bench.effects.actions.insert([.finishClient, .resumeClient])
        bench.effects.clientDeadline = .set(bench.limits.linger)
    }

    mutating func close(_ bench: inout Workbench) {
        clientPhase = .closed
        bench.effects.actions.insert(.closeClient)
    }

    /// Closes in the middle of a response. Where the end of the connection is that of the body, the client has to see
    /// that it is none.
    mutating func cut(_ bench: inout Workbench) {
        clientPhase = .closed
        bench.effects.actions.insert(framing == .untilClose ? .cutClient : .closeClient)
    }
}

// MARK: - Heads of requests

extension Conversation {
    /// Reads a head and decides about it. Returns its length; nil if it is not complete, or refused.
    private mutating func readHead(_ octets: Span<UInt8>, hasEnded: Bool, _ bench: inout Workbench) -> Int? {
        switch bench.requestParser.parse(octets, resumingAt: &scanned) {
        case .incomplete:
            if hasEnded {
                close(&bench)
            } else if !isInHead {
                isInHead = true
                bench.effects.clientDeadline = .set(bench.limits.head)
            }
            return nil
        case .refused(let fault):
            refuse(fault.status, fault.reason, &bench)
            return nil
        case .http2Preface:
            // RFC 9113 section 3.3: of who knows that it is spoken here. Over TLS it is agreed on, or not.
            if client.entryPoint == .web, !client.isMultiplexed, requests == 0 {
                bench.effects.actions.insert(.multiplex)
            } else {
                refuse(505, "HTTP/2 that was not agreed on", &bench)
            }
            return nil
        case .complete(let length):
            scanned = 0
            isInHead = false
            requests += 1
            beginExchange(octets.extracting(0..<length), &bench)
            return length
        }
    }

    /// Answers what cannot be gone on from.
    mutating func refuse(_ status: UInt16, _ reason: String, _ bench: inout Workbench) {
        exchange.begin(at: bench.now)
        if bench.log != nil { exchange.logged = AccessHead(unreadableFrom: client, at: bench.wallTime) }
        exchange.method = .other
        isPersistent = false
        requestBody = .none
        answer(LocalAnswer(status, reason: reason), &bench)
    }
}
