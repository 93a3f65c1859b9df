import LinuxSystem
import NIOSSL
import Synchronization

/// What the capability leaves for a worker, which takes it between two rounds. Only the newest table counts.
final class ProxyMailbox: Sendable {
    struct Letter: Sendable {
        var table: RouteTable?
        /// Sockets to serve from now on.
        var opened: [ProxyServerSocket] = []
        /// Requests that may go on, or not.
        var checked: [CheckedPassword] = []
        var reportRequests: [TrafficRequest] = []
    }

    private let letter = Mutex<Letter?>(nil)
    private let thread = Mutex<LoopThread?>(nil)
    /// So that a worker that looks for a letter takes no lock unless there is one.
    private let hasLetter = Atomic(false)

    /// Says whose mailbox it is.
    func attach(_ thread: LoopThread) {
        self.thread.withLock { $0 = thread }
    }

    /// Adds to what the worker will find, and has it look soon.
    func put(_ change: (inout Letter) -> Void) {
        letter.withLock { letter in
            var changed = letter.take() ?? Letter()
            change(&changed)
            letter = changed
            hasLetter.store(true, ordering: .releasing)
        }
        thread.withLock { $0 }?.wake()
    }

    /// What was left since the last call.
    func take() -> Letter? {
        guard hasLetter.load(ordering: .acquiring) else { return nil }
        return letter.withLock { letter in
            defer { letter = nil }
            hasLetter.store(false, ordering: .relaxed)
            return letter
        }
    }
}

/// A socket that clients come in by.
struct ProxyServerSocket: Sendable {
    let descriptor: SharedDescriptor
    let entryPoint: EntryPoint
}

/// What a worker begins with.
struct ProxyStart: Sendable {
    let table: RouteTable
    let limits: ProxyLimits
    /// What sessions with clients are made with.
    let certificates: NIOSSLContext
    /// What sessions with endpoints are made with.
    let trust: UpstreamContexts
    /// Whose word about clients counts.
    let peers: PeerTrust
    let earlyClients: EarlyClients
    let node: String
    let memory: RuleMemory
    let passwords: PasswordQueue
    /// Where requests go to be logged; nil if they are not.
    var log: AccessLogQueue?
}

/// Somebody who wants to know what a worker has counted.
struct TrafficRequest: Sendable {
    let answer: @Sendable (WorkerReport) -> Void
}

/// What a worker tells of itself.
struct WorkerReport: Sendable {
    let traffic: Traffic
    /// Endpoints that it leaves alone, since they were not to be reached.
    let ejected: [BackendEndpoint]
}
