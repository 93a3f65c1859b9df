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
        /// It is on its way to an endpoint, for whoever waits for one.
        case attempt(UpstreamKey)
        /// It waits for a request to the endpoint of the slot.
        case idle(slot: Int)
        /// Streams of HTTP/2 are within it.
        case multiplexed(Multiplexer)
        /// What the peer says of the client, for which it is a proxy, is to come.
        case announcing(AnnouncedClient)
    }

    let mailbox: ProxyMailbox
    let node: String
    let certificates: NIOSSLContext
    /// What sessions with endpoints are made with.
    let trust: UpstreamContexts
    let peers: PeerTrust
    let passwords: PasswordQueue
    /// For what runs over TLS.
    let room: OctetRoom
    var bench: Workbench
    var legs: [(stream: StreamID, leg: Leg)] = []
    var lines: ProxyLines
    var shared = SharedUpstreams()
    let budget: ConnectionBudget
    let shortages: Shortages
    var places: ClientPlaces
    var clients = 0
    /// How many of them came before the proxy was to stop.
    var earlyClients = 0
    private let earlyClientsOfAll: EarlyClients
    /// How many of that are told to be ours.
    private var countedClients = 0
    var servers: [(stream: StreamID, entryPoint: EntryPoint)] = []
    /// When the clients that are left are left alone.
    private(set) var end: Duration?
    /// When it is looked at whether all early clients are gone, once they are to go.
    private var nextLook: Duration?
    /// When what waits for the log is handed over.
    private var logDeadline: Duration?
    /// The second that `bench.date` is of.
    private var second: Int64 = 0

    init(_ start: ProxyStart, _ mailbox: ProxyMailbox) {
        self.mailbox = mailbox
        node = start.node
        certificates = start.certificates
        trust = start.trust
        earlyClientsOfAll = start.earlyClients
        peers = start.peers
        lines = ProxyLines(start.limits.heads)
        room = OctetRoom(of: LoopEventLoop(now: .zero))
        passwords = start.passwords
        budget = start.budget
        shortages = start.shortages
        places = ClientPlaces(most: start.budget.clients)
        bench = Workbench(start.table, limits: start.limits, memory: start.memory)
        bench.troubles = start.troubles
        bench.log = start.log
    }

    // MARK: - Rounds

    mutating func begin(_ ports: StreamPorts) {
        bench.now = ports.milliseconds
        bench.sinceBoot = ports.sinceBoot
        room.loop.runDue(now: ports.now)
        bench.wallTime = SystemTime.now()
        let second = Int64(bench.wallTime)
        if second != self.second {
            self.second = second
            bench.date = HTTPDate.octets(secondsSince1970: second)
        }
        guard !mailbox.isEmpty, let letter = mailbox.take() else { return }
        if let table = letter.table { replaceTable(by: table, ports) }
        for server in letter.opened { open(server, ports) }
        for result in letter.checked { take(result, ports) }
        for question in letter.questions {
            question.answer(WorkerReport(traffic: bench.traffic, ejected: bench.pools.ejected(now: bench.now)))
        }
    }

    mutating func end(_ ports: StreamPorts) {
        var broken: [InnerLine]
        repeat {
            serveWaiting(ports)
            broken = lines.takeBroken()
            for line in broken { lose(line, .unsendable, ports) }
        } while !broken.isEmpty
        for multiplexer in lines.flush(ports) { leave(multiplexer, ports) }
        forgetClosed(ports)
        if ports.acceptFailure != nil { shortages.note(.clients) }
        if earlyClients != countedClients {
            earlyClientsOfAll.change(by: earlyClients - countedClients)
            countedClients = earlyClients
        }
        if let end { closeServers(before: end, ports) }
        logDeadline = bench.log?.flush(now: ports.now)
    }

    var deadline: Duration? { [room.loop.nextDeadline, end, nextLook, logDeadline].compactMap(\.self).min() }

    mutating func stop(_ ports: StreamPorts) {
        bench.isDraining = true
        end = ports.now + bench.limits.drain.duration
        for place in legs {
            switch place.leg {
            case .client(let box):
                box.conversation.drain(&bench)
                perform(box, ports)
            case .multiplexed(let multiplexer): drain(multiplexer, ports)
            case .nobody, .upstream, .attempt, .idle, .announcing: break
            }
        }
    }

    func isFinished(_ ports: StreamPorts) -> Bool {
        guard let end, clients == 0 && servers.isEmpty || end <= ports.now else { return false }
        // What was answered is to be in the log.
        return logDeadline == nil || end + .seconds(1) <= ports.now
    }

    /// Takes nobody any more once those who were there are gone from all threads: who comes then has less to wait for the
    /// next agent, which finds him in the socket, than this one, which he would keep.
    private mutating func closeServers(before end: Duration, _ ports: StreamPorts) {
        guard earlyClientsOfAll.isZero || ports.now > end - bench.limits.lastResponses.duration else {
            // The others do not say when theirs are gone.
            nextLook = ports.now + .milliseconds(50)
            return
        }
        nextLook = nil
        for server in servers { ports.stopServing(server.stream) }
        servers = []
    }

    private mutating func open(_ server: ProxyServerSocket, _ ports: StreamPorts) {
        do throws(SystemCallError) {
            let stream = try ports.serve(server.descriptor, as: servers.count)
            servers.append((stream, server.entryPoint))
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
        shared.retire(isCurrent: table.has)
    }
}
