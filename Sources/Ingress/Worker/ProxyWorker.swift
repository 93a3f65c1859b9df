import HTTPWire
import LinuxSystem
import NIOSSL
import NetworkTypes

/// What one thread of the proxy does: it serves the clients that come to it, by connections of its own to the endpoints,
/// and shares nothing with the other threads.
struct ProxyWorker: StreamService, ~Copyable {
    /// Whose a stream is.
    enum Leg {
        case nobody
        case client(ConversationBox)
        case upstream(ConversationBox)
        /// It waits for a request to the endpoint of the slot.
        case idle(slot: Int)
    }

    let mailbox: ProxyMailbox
    private let node: String
    let certificates: NIOSSLContext
    let passwords: PasswordQueue
    /// For what runs over TLS.
    let room: OctetRoom
    var bench: Workbench
    private var legs: [Leg] = []
    private var clients = 0
    private var servers: [EntryPoint] = []
    /// When the clients that are left are left alone.
    private var end: Duration?
    /// When the log is tried again.
    private var logDeadline: Duration?
    /// The second that `bench.date` is of.
    private var second: Int64 = 0

    init(_ start: ProxyStart, _ mailbox: ProxyMailbox) {
        self.mailbox = mailbox
        node = start.node
        certificates = start.certificates
        room = OctetRoom(of: LoopEventLoop(now: .zero))
        passwords = start.passwords
        bench = Workbench(start.table, limits: start.limits, memory: start.memory)
        bench.log = start.log.map { AccessLogBuffer($0) }
    }

    // MARK: - Rounds

    mutating func begin(_ ports: StreamPorts) {
        bench.now = ports.milliseconds
        bench.sinceBoot = SystemTime.sinceBoot()
        room.loop.runDue(now: ports.now)
        bench.wallTime = SystemTime.now()
        let second = Int64(bench.wallTime)
        if second != self.second {
            self.second = second
            bench.date = HTTPDate.octets(secondsSince1970: second)
        }
        guard let letter = mailbox.take() else { return }
        if let table = letter.table { replaceTable(by: table, ports) }
        for server in letter.opened { open(server, ports) }
        for result in letter.checked { take(result, ports) }
        for request in letter.reportRequests {
            request.answer(WorkerReport(traffic: bench.traffic, ejected: bench.pools.ejected(now: bench.now)))
        }
    }

    mutating func end(_ ports: StreamPorts) {
        // Whoever takes what is logged is done with it in a moment.
        let isDone = bench.log?.flush() ?? true
        logDeadline = isDone ? nil : ports.now + .milliseconds(5)
    }

    var deadline: Duration? { [room.loop.nextDeadline, end, logDeadline].compactMap(\.self).min() }

    mutating func stop(_ ports: StreamPorts) {
        bench.isDraining = true
        end = ports.now + bench.limits.drain
        for leg in legs {
            guard case .client(let box) = leg else { continue }
            box.conversation.drain(&bench)
            perform(box, ports)
        }
    }

    func isFinished(_ ports: StreamPorts) -> Bool {
        guard let end else { return false }
        return clients == 0 || end <= ports.now
    }

    private mutating func open(_ server: ProxyServerSocket, _ ports: StreamPorts) {
        do throws(SystemCallError) {
            _ = try ports.serve(server.descriptor, as: servers.count)
            servers.append(server.entryPoint)
        } catch {
            // If it cannot watch even a server, there is no memory left.
            preconditionFailure("\(error)")
        }
    }

    /// Goes on with a request whose password was compared.
    private mutating func take(_ result: CheckedPassword, _ ports: StreamPorts) {
        guard case .client(let box) = leg(result.client) else { return }
        box.conversation.checked(isRight: result.isRight, &bench)
        perform(box, ports)
    }

    private mutating func replaceTable(by table: RouteTable, _ ports: StreamPorts) {
        bench.table = table
        bench.traffic.follow(table)
        for stream in bench.pools.retire(isCurrent: table.has) { drop(stream, ports) }
    }

    // MARK: - Streams

    mutating func accept(_ stream: StreamID, from peer: StreamPeer, by server: Int, _ ports: StreamPorts) {
        let entryPoint = servers[server]
        let client = ClientConnection(stream, from: IPAddress(peer.address), over: entryPoint, node: node)
        let box = ConversationBox(client)
        set(stream, .client(box))
        clients += 1
        bench.traffic.connections[entryPoint.index] += 1
        if entryPoint == .websecure {
            beginSession(box, ports)
        } else {
            box.conversation.begin(&bench)
            perform(box, ports)
        }
    }

    mutating func connected(_ stream: StreamID, _ ports: StreamPorts) {
        guard case .upstream(let box) = leg(stream) else { return }
        ports.setDeadline(stream, after: nil)
        box.conversation.connected(&bench)
        perform(box, ports)
    }

    mutating func received(
        _ octets: Span<UInt8>,
        hasEnded: Bool,
        on stream: StreamID,
        _ ports: StreamPorts
    ) -> Int {
        switch leg(stream) {
        case .client(let box):
            if let session = box.session {
                receive(octets, hasEnded: hasEnded, session, box, ports)
                return octets.count
            }
            let taken = box.conversation.receive(octets, hasEnded: hasEnded, &bench)
            perform(box, ports)
            return taken
        case .upstream(let box):
            let taken = box.conversation.receiveFromUpstream(octets, hasEnded: hasEnded, &bench)
            perform(box, ports)
            return taken
        case .idle(let slot):
            guard !octets.isEmpty || hasEnded else { return 0 }
            // Nobody asked for anything: what comes now would be taken for the answer to the next request.
            bench.pools.remove(stream, at: slot)
            drop(stream, ports)
            return octets.count
        case .nobody: return octets.count
        }
    }

    mutating func drained(_ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .client(let box):
            box.conversation.drained(&bench)
            ports.resume(box.conversation.upstream)
            perform(box, ports)
        case .upstream(let box):
            ports.setDeadline(stream, after: nil)
            ports.resume(box.conversation.client.stream)
        case .idle, .nobody: break
        }
    }

    mutating func failed(_ stream: StreamID, _ reason: Errno, _ ports: StreamPorts) {
        let leg = leg(stream)
        set(stream, .nobody)
        switch leg {
        case .client(let box):
            noteEnd(of: box)
            box.session?.abandon()
            box.conversation.clientLeft(&bench)
            perform(box, ports)
        case .upstream(let box):
            box.conversation.upstream = .none
            box.conversation.upstreamFailed(reason, &bench)
            perform(box, ports)
        case .idle(let slot): bench.pools.remove(stream, at: slot)
        case .nobody: break
        }
    }

    mutating func expired(_ stream: StreamID, _ ports: StreamPorts) {
        switch leg(stream) {
        case .client(let box):
            if ports.isCongested(stream) {
                let backlog = ports.backlog(of: stream)
                if box.backlog == backlog { box.conversation.clientLeft(&bench) }
                box.backlog = backlog
                ports.setDeadline(stream, after: bench.limits.stall)
            } else if ports.isCongested(box.conversation.upstream) {
                // It would send, if the endpoint took it.
                ports.setDeadline(stream, after: bench.limits.bodyWindow)
            } else if box.isEstablished {
                box.conversation.clientExpired(&bench)
            } else {
                box.conversation.clientLeft(&bench)
            }
            perform(box, ports)
        case .upstream(let box):
            if ports.isCongested(stream), box.conversation.upstreamPhase != .connecting {
                let backlog = ports.backlog(of: stream)
                if box.upstreamBacklog == backlog { box.conversation.upstreamStalled(&bench) }
                box.upstreamBacklog = backlog
                ports.setDeadline(stream, after: bench.limits.stall)
            } else {
                box.conversation.upstreamExpired(&bench)
            }
            perform(box, ports)
        case .idle(let slot):
            bench.pools.remove(stream, at: slot)
            drop(stream, ports)
        case .nobody: ports.close(stream)
        }
    }

    // MARK: - Legs

    func leg(_ stream: StreamID) -> Leg {
        stream.index >= 0 && Int(stream.index) < legs.count ? legs[Int(stream.index)] : .nobody
    }

    mutating func set(_ stream: StreamID, _ leg: Leg) {
        guard stream != .none else { return }
        let index = Int(stream.index)
        if index >= legs.count { legs.append(contentsOf: repeatElement(.nobody, count: index + 1 - legs.count)) }
        legs[index] = leg
    }

    mutating func drop(_ stream: StreamID, _ ports: StreamPorts) {
        set(stream, .nobody)
        ports.close(stream)
    }

    /// The client's connection is nobody's any more. Returns false if it was not before.
    mutating func forget(_ box: ConversationBox) -> Bool {
        let stream = box.conversation.client.stream
        guard case .client = leg(stream) else { return false }
        set(stream, .nobody)
        noteEnd(of: box)
        return true
    }

    private mutating func noteEnd(of box: ConversationBox) {
        clients -= 1
        bench.traffic.connections[box.conversation.client.entryPoint.index] -= 1
    }
}

/// Where a conversation is kept.
final class ConversationBox {
    var conversation: Conversation
    /// Nil without TLS.
    var session: SecureSession?
    /// Whether requests may come: always without TLS, else from the end of the handshake on.
    var isEstablished = true
    /// Whether the client has ended its side of the session.
    var hasSessionEnded = false
    /// How much waited to be sent to the client when it was looked at last.
    var backlog = 0
    /// The same for the endpoint.
    var upstreamBacklog = 0

    init(_ client: ClientConnection) {
        conversation = Conversation(client)
    }
}
