import HTTPWire
import LinuxSystem
import NetworkTypes

/// Clients come and go.
extension ProxyWorker {
    mutating func accept(_ stream: StreamID, from peer: StreamPeer, by server: Int, _ ports: StreamPorts) {
        let address = IPAddress(peer.address)
        guard admit(stream, peers.isProxy(address) ? nil : ClientNetwork(peer.address), ports) else { return }
        let client = AnnouncedClient(
            address,
            over: servers[server].entryPoint,
            isEarly: !bench.isDraining
        )
        clients += 1
        if client.isEarly { earlyClients += 1 }
        bench.traffic.connections[client.entryPoint.index] += 1
        guard peers.areAnnounced else { return begin(client, on: stream, ports) }
        set(stream, .announcing(client))
        ports.setDeadline(stream, after: bench.limits.head)
    }

    private mutating func begin(_ client: AnnouncedClient, on stream: StreamID, _ ports: StreamPorts) {
        let box = ConversationBox(
            ClientConnection(stream, client, node: node, isTrusted: peers.believes(client.address))
        )
        set(stream, .client(box))
        if client.entryPoint == .websecure {
            beginSession(box, ports)
        } else {
            box.conversation.begin(&bench)
            perform(box, ports)
        }
    }

    /// Takes what a proxy says of the client for which it connected.
    mutating func announce(
        _ client: AnnouncedClient,
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        on stream: StreamID,
        _ ports: StreamPorts
    ) -> Int {
        var client = client
        var taken = 0
        switch ProxyHeader(octets) {
        case .incomplete where !hasEnded: return 0
        case .incomplete, .malformed:
            noteEnd(of: client)
            drop(stream, ports)
            return octets.count
        case .none: break
        case .local(let length): taken = length
        case .proxied(let length, let source, _):
            taken = length
            // What others say is nobody's word.
            if peers.mayAnnounce(client.address) {
                client = AnnouncedClient(source.address, like: client)
                guard isWithinShare(client, stream) else {
                    noteEnd(of: client)
                    reset(stream, ports)
                    return octets.count
                }
            }
        }
        begin(client, on: stream, ports)
        return taken + received(octets.extracting(taken..<octets.count), hasEnded: hasEnded, on: stream, ports)
    }

    // MARK: - Whose a stream is

    /// Whose a stream is. One that is closed is nobody's, whoever has its place now.
    func leg(_ stream: StreamID) -> Leg {
        let index = Int(stream.index)
        guard index >= 0, index < legs.count, legs[index].stream == stream else { return .nobody }
        return legs[index].leg
    }

    mutating func set(_ stream: StreamID, _ leg: Leg) {
        guard stream != .none else { return }
        let index = Int(stream.index)
        if index >= legs.count {
            legs.append(contentsOf: repeatElement((.none, .nobody), count: index + 1 - legs.count))
        }
        // Another one may have the place by now.
        if case .nobody = leg, legs[index].stream != stream { return }
        legs[index] = (stream, leg)
    }

    mutating func drop(_ stream: StreamID, _ ports: StreamPorts) {
        set(stream, .nobody)
        close(stream, ports)
    }

    /// The client's stream is nobody's any more. Returns false if it was not before.
    mutating func forget(_ box: ConversationBox) -> Bool {
        let stream = box.conversation.client.stream
        guard case .client = leg(stream) else { return false }
        set(stream, .nobody)
        noteEnd(of: box.conversation.client)
        return true
    }

    /// A client is gone, unless it is but a stream of one.
    mutating func noteEnd(of client: borrowing ClientConnection) {
        if !client.isMultiplexed { noteEnd(of: client.origin) }
    }

    mutating func noteEnd(of client: AnnouncedClient) {
        clients -= 1
        if client.isEarly { earlyClients -= 1 }
        bench.traffic.connections[client.entryPoint.index] -= 1
    }

    /// The client speaks HTTP/2 from now on.
    @discardableResult
    mutating func multiplex(_ box: ConversationBox, _ ports: StreamPorts) -> Multiplexer {
        let client = box.conversation.client
        let multiplexer = Multiplexer(client.stream, from: client)
        set(client.stream, .multiplexed(multiplexer))
        ports.setDeadline(client.stream, after: bench.limits.idle)
        lines.note(multiplexer)
        if bench.isDraining { drain(multiplexer, ports) }
        return multiplexer
    }
}
