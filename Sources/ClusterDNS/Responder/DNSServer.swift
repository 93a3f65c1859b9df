import LinuxSystem
import NetworkTypes
import Supervision
import Synchronization

/// Threads that answer queries, and the sockets that the queries come in by: one for each thread, address and transport, so
/// that no thread waits for another one.
final class DNSServer: Sendable {
    private struct Member: Sendable {
        let thread: LoopThread
        let mailbox: WorkerMailbox
    }

    private let members: [Member]
    private let secure: SecureTransport
    private let sockets: KeptSockets
    private let latest: LoopReports<WorkerReport>
    /// For the numbers of all threads.
    private static let patience = Duration.seconds(1)
    /// The addresses that are, as text: Swift 6.3 misplaces an address that a closure of `withLock` captures.
    private let served = Mutex<Set<String>>([])

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - count: of threads.
    ///   - sockets: those of as many threads.
    ///   - troubles: hears what is wrong with upstreams over TLS.
    init(
        workers count: Int,
        _ sockets: KeptSockets,
        _ start: WorkerStart,
        trusting trust: UpstreamTrust,
        noting troubles: UpstreamTroubles
    ) throws(SystemCallError) {
        self.sockets = sockets
        let mailboxes = (0..<count).map { _ in WorkerMailbox(WorkerLetter()) }
        let secure = SecureTransport(trust) { outcome in
            mailboxes[outcome.question.worker].put { $0.outcomes.append(outcome) }
        } noting: { upstream, trouble in
            troubles.note(trouble, with: upstream)
        }
        var members: [Member] = []
        for (number, mailbox) in mailboxes.enumerated() {
            let others = mailboxes.filter { $0 !== mailbox }
            let place = WorkerPlace(number: number, mailbox: mailbox, others: others, secure: secure)
            let thread = try LoopThread.start(name: CapabilityName.clusterDNS.threadName) { Worker(place, start) }
            mailbox.attach(thread)
            members.append(Member(thread: thread, mailbox: mailbox))
        }
        self.members = members
        latest = LoopReports(loops: count)
        self.secure = secure
    }

    /// Has the threads answer from another table, or other clients.
    func update(_ table: ZoneTable?, _ sources: AllowedSources?) {
        tell { _, letter in
            if let table { letter.table = table }
            if let sources { letter.sources = sources }
        }
    }

    /// Has the threads ask other servers.
    func update(_ upstreams: Upstreams) {
        tell { _, letter in letter.upstreams = upstreams }
    }

    /// Has the threads follow other rules.
    func update(_ rules: CustomConfiguration, _ queryLog: QueryLogRules) {
        tell { _, letter in
            letter.rules = rules
            letter.queryLog = queryLog
        }
    }

    /// Begins to serve an address.
    ///
    /// - Throws: EADDRINUSE if another program has it; then it is served by no thread.
    func open(_ address: ServerAddress) throws(SystemCallError) {
        guard !serves(address) else { return }
        let seats = try sockets.open(address.sockets)
        let key = address.description
        served.withLock { _ = $0.insert(key) }
        tell { number, letter in
            for seat in seats where seat.worker == number {
                letter.opened.append(ServerSocket(descriptor: seat.descriptor, transport: address.transport))
            }
        }
    }

    /// Whether every thread has a socket on the address.
    func serves(_ address: ServerAddress) -> Bool {
        let key = address.description
        return served.withLock { $0.contains(key) }
    }

    /// How many threads there are.
    var workers: Int { members.count }

    /// How many threads do not begin another round within this time, although they are told to.
    func silentWorkers(after patience: Duration) async -> Int {
        let (beats, beat) = AsyncStream.makeStream(of: Void.self)
        tell { _, letter in letter.heartbeat = beat }
        return await withTaskGroup(of: Int?.self) { group in
            group.addTask {
                var silent = self.workers
                for await _ in beats {
                    silent -= 1
                    if silent == 0 { break }
                }
                return silent
            }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            // The count ends by itself, or when it is cancelled.
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            return await group.next().flatMap(\.self) ?? workers
        }
    }

    /// What the threads have counted. Of one that hangs, or is at its end, that is what it told last.
    func reports() async -> [WorkerReport] {
        await latest.gather(within: Self.patience) { worker, question in
            members[worker].mailbox.put { question.wait(among: &$0.questions) }
        }
    }

    /// How upstreams over TLS were asked.
    func connectionUses() async -> [Upstream: ConnectionUses] { await secure.uses() }

    /// Answers what has come already and ends the threads.
    func stop() async {
        for member in members {
            await member.thread.stop()
            member.mailbox.close()
        }
        await secure.stop()
    }

    private func tell(_ change: (Int, inout WorkerLetter) -> Void) {
        for (number, member) in members.enumerated() {
            member.mailbox.put { change(number, &$0) }
        }
    }
}

/// Where queries come in.
struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    static let port: UInt16 = 53

    let address: IPAddress
    let transport: PacketTransport

    /// Both transports of an address.
    static func all(of address: IPAddress) -> [ServerAddress] {
        [PacketTransport.datagram, .stream].map { ServerAddress(address: address, transport: $0) }
    }

    /// Its sockets are called `dns.udp.10-43-0-10.0` and so on.
    var sockets: ServerPlace {
        let label = String(decoding: DashedAddress.label(of: address), as: UTF8.self)
        return ServerPlace("dns.\(transportName).\(label)", transport, address.bytes, port: Self.port)
    }

    private var transportName: String { transport == .datagram ? "udp" : "tcp" }

    var description: String { "\(address) \(transportName) port \(Self.port)" }
}
