import LinuxSystem
import NIOSSL

/// Where the capability leaves things for a worker.
typealias ProxyMailbox = Mailbox<ProxyLetter>

/// What is left for a worker. Only the newest table counts.
struct ProxyLetter: Sendable {
    var table: RouteTable?
    /// Sockets to serve from now on.
    var opened: [ProxyServerSocket] = []
    /// Requests that may go on, or not.
    var checked: [CheckedPassword] = []
    /// Those who want to know the worker's numbers.
    var questions: [LoopQuestion<WorkerReport>] = []
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
    /// How many connections each worker may have.
    let budget: ConnectionBudget
    let shortages: Shortages
    /// Who is told of endpoints that fail.
    let troubles: EndpointTroubles
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
    /// Where requests are logged, a copy for each loop; nil if they are not.
    var log: AccessLogBuffer?
}

/// What a worker tells of itself.
struct WorkerReport: Sendable {
    let traffic: Traffic
    /// Endpoints that it leaves alone, since they were not to be reached.
    let ejected: [BackendEndpoint]
}
