package import DNSWire

/// Why an upstream did not help with a question.
package enum UpstreamFault: Hashable, Sendable {
    case silent
    /// No packet can be sent to it, or the connection broke, with what the system said.
    case unreachable(String)
    /// It answered with a code that is no answer: SERVFAIL, REFUSED, …
    case refused(ResponseCode)
    /// Its reply cannot be read.
    case malformed
    /// It leads to other servers instead of asking them (no RA).
    case notRecursive
    /// Its chain of CNAME records is too long or closed.
    case endlessChain
    /// It cut its reply over TCP too.
    case truncated
}

extension UpstreamFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .silent: "it does not answer"
        case .unreachable(let reason): "it cannot be reached: \(reason)"
        case .refused(let code): "it answers \(code)"
        case .malformed: "its replies cannot be read"
        case .notRecursive: "it is not a recursive server"
        case .endlessChain: "its CNAME records do not end"
        case .truncated: "it cuts replies over TCP"
        }
    }
}
