import DNSWire
import NetworkTypes

/// Who is asked for which names, in this order.
struct LookupServers: Sendable {
    /// Those for names of the cluster, which nobody else is asked for.
    let cluster: [Upstream]
    /// Those for all other names.
    let others: [Upstream]
    /// Why there are no others, for people; nil if there are.
    let complaint: String?
    /// The cluster's zone.
    let home: OwnZones

    /// Those that are asked for a name.
    subscript(_ name: DNSName) -> [Upstream] { home.contains(name) ? cluster : others }

    /// Why nobody can be asked for a name, for people.
    func absence(for name: DNSName) -> String {
        if home.contains(name) { return "there is no server for names of the cluster" }
        return complaint ?? "there is no server for names outside the cluster"
    }
}
