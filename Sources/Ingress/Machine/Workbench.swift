import HTTPWire
import LinuxSystem

/// What the conversations of one loop share. Only one of them is at work at a time.
struct Workbench: ~Copyable {
    let limits: ProxyLimits
    var table: RouteTable { didSet { tableNumber &+= 1 } }
    /// How many tables there were before.
    private(set) var tableNumber: UInt64 = 0
    var pools = UpstreamPools()
    var effects = Effects()
    var traffic = Traffic()
    /// Nil if requests are not logged.
    var log: AccessLogBuffer?
    /// Who is told of endpoints that fail; nil if nobody is.
    var troubles: EndpointTroubles?
    /// In seconds since 1970, for the log.
    var wallTime = 0.0
    var requestParser: RequestParser
    var responseParser: ResponseParser
    var paths = PathNormaliser()
    var hosts = HostName()
    /// Of the request that was parsed last: whether its path is in `paths` in place of the head.
    var isPathRewritten = false
    /// The path of a request that has none.
    let root: [UInt8] = [0x2f]
    /// What the type of a call of gRPC begins with.
    let callType = Array("application/grpc".utf8)
    var random = QuickNumbers()
    /// Milliseconds since the loop began.
    var now: Int64 = 0
    /// The value of Date for this second.
    var date: [UInt8] = []
    /// Whether connections are to end with their next response.
    var isDraining = false

    /// What rules remember, of all threads.
    let memory: RuleMemory
    /// The time since boot.
    var sinceBoot = Duration.zero

    init(_ table: RouteTable, limits: ProxyLimits, memory: RuleMemory = RuleMemory()) {
        self.memory = memory
        self.table = table
        self.limits = limits
        requestParser = RequestParser(limits.heads)
        responseParser = ResponseParser(limits.heads)
    }
}
