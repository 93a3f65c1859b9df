import LinuxSystem

/// When an endpoint of HTTP/2 that says nothing is asked for a sign of life (PING, RFC 9113 section 6.7), and when it is
/// given up. Times are milliseconds of the loop.
///
/// Servers of gRPC leave a client at its third PING too many, whatever streams there are. One is too many if it comes within
/// five minutes of another, and neither HEADERS nor DATA were sent in between; grpc-java counts the first five minutes of a
/// connection as such. So there is one PING for each time that the endpoint has sent some, and one whenever five minutes are
/// over. For a request that came after the last PING there is one that is too many: with that of a new connection to
/// grpc-java they are two.
struct PingSchedule {
    enum Step: Equatable {
        /// Nothing is to be done until then.
        case wait(until: Int64)
        case ping
        /// It did not answer.
        case giveUp
    }

    /// So late nobody looks but who did not run himself: what came meanwhile may not have been read yet.
    private static let lateness: Int64 = 2_000

    /// Since when a sign of life is due: that of the last one, or of the first request behind it.
    private var quietSince: Int64 = 0
    /// Whether a sign of life came since the last request.
    private var wasHeard = true
    /// When the PING was sent behind which nothing came; nil if there is none.
    private var unansweredSince: Int64?
    private var lastPing: Int64?
    /// Whether HEADERS or DATA came behind the answer to the last PING.
    private var hasSpoken = true
    /// Whether a request was sent behind the last PING.
    private var isAsked = false
    /// Whether the one that is too many was not sent yet.
    private var hasSpare = true

    /// Whether a PING is out, and nothing has come since.
    var isUnanswered: Bool { unansweredSince != nil }

    /// A request is sent.
    mutating func ask(at now: Int64) {
        isAsked = true
        guard wasHeard else { return }
        wasHeard = false
        quietSince = now
    }

    /// Octets came, whatever they are.
    mutating func hear(at now: Int64) {
        quietSince = now
        wasHeard = true
        unansweredSince = nil
    }

    /// HEADERS or DATA came, and no PING has yet to be answered.
    mutating func speak() {
        hasSpoken = true
        hasSpare = true
    }

    /// When something is to be done if nothing comes.
    func next(_ limits: ProxyLimits) -> Int64 {
        if let unansweredSince { return unansweredSince + limits.upstreamSign.milliseconds }
        let due = quietSince + limits.upstreamSilence.milliseconds
        guard let lastPing, !hasSpoken, !(isAsked && hasSpare) else { return due }
        return max(due, lastPing + limits.upstreamPings.milliseconds)
    }

    /// Says what is to be done, and takes it for done.
    ///
    /// - Parameter isMoving: whether octets are on their way to the endpoint, and it takes them: the PING may be among them.
    mutating func step(at now: Int64, isMoving: Bool, _ limits: ProxyLimits) -> Step {
        let due = next(limits)
        guard due <= now else { return .wait(until: due) }
        guard unansweredSince == nil else {
            guard isMoving || now - due > Self.lateness else { return .giveUp }
            unansweredSince = now
            return .wait(until: next(limits))
        }
        if let lastPing, !hasSpoken, now - lastPing < limits.upstreamPings.milliseconds { hasSpare = false }
        unansweredSince = now
        lastPing = now
        hasSpoken = false
        isAsked = false
        return .ping
    }
}
