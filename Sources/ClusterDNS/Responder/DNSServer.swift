import LinuxSystem
import NetworkTypes
import Supervision
import Synchronization

/// Threads that answer queries, and the sockets that the queries come in by: one for each thread, address and transport, so
/// that the kernel spreads the clients over the threads and no thread waits for another one.
final class DNSServer: Sendable {
    private struct Member: Sendable {
        let thread: PacketThread
        let mailbox: WorkerMailbox
    }

    private let members: [Member]
    private let sockets = Mutex<[ServerAddress: [ServerSocket]]>([:])

    /// Starts the threads.
    ///
    /// - Parameter count: of threads.
    init(workers count: Int, _ start: WorkerStart) throws(SystemCallError) {
        var members: [Member] = []
        for _ in 0..<count {
            let mailbox = WorkerMailbox()
            let thread = try PacketThread.start(name: CapabilityName.clusterDNS.threadName) {
                Worker(mailbox, start)
            }
            members.append(Member(thread: thread, mailbox: mailbox))
        }
        self.members = members
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

    /// Begins to serve an address.
    ///
    /// - Throws: EADDRINUSE if another program has it; then it is served by no thread.
    func open(_ address: ServerAddress) throws(SystemCallError) {
        guard sockets.withLock({ $0[address] == nil }) else { return }
        var opened: [ServerSocket] = []
        for _ in members {
            let octets = address.address.bytes
            let descriptor = try PacketPorts.openServer(address.transport, octets, port: ServerAddress.port)
            opened.append(ServerSocket(descriptor: descriptor, transport: address.transport))
        }
        let sockets = opened
        self.sockets.withLock { $0[address] = sockets }
        tell { number, letter in letter.opened.append(sockets[number]) }
    }

    /// What the threads have counted. A thread that is at its end tells nothing.
    func reports() async -> [WorkerReport] {
        var reports: [WorkerReport] = []
        for member in members {
            let report = await withCheckedContinuation { continuation in
                let request = WorkerReportRequest(continuation)
                member.mailbox.put { $0.reportRequests.append(request) }
                member.thread.wake()
            }
            if let report { reports.append(report) }
        }
        return reports
    }

    /// Whether any address is served.
    var isServing: Bool { sockets.withLock { !$0.isEmpty } }

    /// Answers what has come already and ends the threads.
    func stop() async {
        for member in members {
            await member.thread.stop()
            member.mailbox.close()
        }
    }

    private func tell(_ change: (Int, inout WorkerMailbox.Letter) -> Void) {
        for (number, member) in members.enumerated() {
            member.mailbox.put { change(number, &$0) }
            member.thread.wake()
        }
    }
}

/// Where queries come in.
struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    static let port: UInt16 = 53

    let address: IPAddress
    let transport: PacketTransport

    var description: String { "\(address) \(transport == .datagram ? "udp" : "tcp") port \(Self.port)" }
}
