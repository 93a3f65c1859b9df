import ClusterState
import NetworkTypes

/// Which hosts a rule is for, from the most specific to the least.
package enum HostPattern: Hashable, Sendable {
    /// One host, in lower case without a dot at its end.
    case exact(String)
    /// All hosts with exactly one label before this name.
    case wildcard(String)
    /// All hosts.
    case any
    /// All hosts, for what no rule of any Ingress is for.
    case otherwise

    /// Reads the host of a rule; nil stands for all hosts.
    init(parsing text: String?) throws(HostFault) {
        guard let text else {
            self = .any
            return
        }
        let name = text.lowercased()
        let isWildcard = name.hasPrefix("*.")
        let rest = isWildcard ? String(name.dropFirst(2)) : name
        if text == "*" { throw HostFault(text: text, remedy: "leave the host out to mean all of them") }
        if (try? IPAddress(parsing: rest)) != nil {
            throw HostFault(text: text, remedy: "an address is no host name: leave the host out")
        }
        guard NodeName.isSubdomain(rest), name.utf8.count <= 253 else {
            throw HostFault(text: text, remedy: "write a DNS name as shop.example.org or *.example.org, without a port")
        }
        self = isWildcard ? .wildcard(rest) : .exact(rest)
    }

    /// How specific it is: the smaller number goes first.
    var rank: Int {
        switch self {
        case .exact: 0
        case .wildcard: 1
        case .any: 2
        case .otherwise: 3
        }
    }

    /// Whether requests for the host are meant, which is in lower case without a dot at its end.
    func matches(_ host: String) -> Bool {
        switch self {
        case .exact(let name): return name == host
        case .wildcard(let suffix):
            guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
            return host[host.index(after: dot)...] == suffix
        case .any, .otherwise: return true
        }
    }
}

extension HostPattern: CustomStringConvertible {
    /// As it is written in a rule; `*` for all hosts.
    package var description: String {
        switch self {
        case .exact(let name): name
        case .wildcard(let suffix): "*.\(suffix)"
        case .any, .otherwise: "*"
        }
    }
}

/// A text that is no host of a rule.
struct HostFault: Error, Hashable, CustomStringConvertible {
    let text: String
    /// What to do.
    let remedy: String

    var description: String { "'\(text)' is no host that a rule can have: \(remedy)" }
}
