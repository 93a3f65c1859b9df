import LinuxSystem
import Supervision
import Synchronization

/// Threads that serve clients, and the sockets that these come in by.
final class ProxyServer: Sendable {
    private struct Member: Sendable {
        let thread: LoopThread
        let mailbox: ProxyMailbox
    }

    private let members: [Member]
    private let latest: LoopReports<WorkerReport>
    /// For the numbers of all threads.
    private static let patience = Duration.seconds(1)
    private let sockets: KeptSockets
    private let served = Mutex<Set<ProxyPlace>>([])

    init(workers count: Int, _ sockets: KeptSockets, _ start: ProxyStart) throws(SystemCallError) {
        self.sockets = sockets
        var members: [Member] = []
        for _ in 0..<count {
            let mailbox = ProxyMailbox(ProxyLetter())
            let thread = try LoopThread.start(name: CapabilityName.ingress.threadName) {
                ProxyWorker(start, mailbox)
            }
            mailbox.attach(thread)
            members.append(Member(thread: thread, mailbox: mailbox))
        }
        self.members = members
        latest = LoopReports(loops: count)
    }

    /// Serves a place, if it does not do so yet.
    ///
    /// - Throws: EADDRINUSE if another program has it.
    func open(_ place: ProxyPlace) throws(SystemCallError) {
        guard !served.withLock({ $0.contains(place) }) else { return }
        for seat in try sockets.open(place.sockets) {
            members[seat.worker].mailbox.put {
                $0.opened.append(ProxyServerSocket(descriptor: seat.descriptor, entryPoint: place.entryPoint))
            }
        }
        served.withLock { _ = $0.insert(place) }
    }

    /// Has the threads route by another table.
    func update(_ table: RouteTable) {
        for member in members { member.mailbox.put { $0.table = table } }
    }

    /// What the threads tell of themselves. Of one that hangs, or is at its end, that is what it told last.
    func reports() async -> [WorkerReport] {
        await latest.gather(within: Self.patience) { worker, question in
            members[worker].mailbox.put { question.wait(among: &$0.questions) }
        }
    }

    /// Answers what is under way, and ends the threads.
    func stop() async {
        await withDiscardingTaskGroup { group in
            for member in members {
                group.addTask {
                    await member.thread.stop()
                    member.mailbox.close()
                }
            }
        }
    }
}
