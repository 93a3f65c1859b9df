import LinuxSystem
import NetworkTypes
import Nftables
import NodeRuleset

/// The chains and sets of a port whose clients keep their endpoint (`sessionAffinity: ClientIP`). These alone are each
/// service's own: a packet can put its source into a set, but not what the source leads to into a map.
struct AffinityChains: Hashable {
    /// To an endpoint of the cluster set, of this node, or to the one or other by who asks.
    let cluster: String
    let local: String
    let split: String
    private let base: String
    private let port: PortPlan
    private let seconds: Int
    private let clusterCIDRs: PerFamily<IPPrefix>

    init(_ port: PortPlan, seconds: Int, _ clusterCIDRs: PerFamily<IPPrefix>) {
        self.port = port
        self.seconds = seconds
        self.clusterCIDRs = clusterCIDRs
        let name = port.name
        let whole = "\(name.service)/\(name.port)/\(name.transport)"
        // Three labels of 63 letters fit; what no API server would take is told apart by its checksum.
        base = whole.utf8.count <= 200 ? whole : String(CRC64.checksum(whole.utf8), radix: 16)
        cluster = "affinity/\(base)/\(port.family.suffix)"
        local = "affinity-here/\(base)/\(port.family.suffix)"
        split = "affinity-split/\(base)/\(port.family.suffix)"
    }

    private var endpoints: [Backend] { Set(port.cluster + port.local).sorted() }

    private func name(_ backend: Backend) -> String {
        // A colon is none of the letters that nft takes in names. The longest name, of three labels of 63 letters, an
        // address of IPv6 and a day, is 250 long: the kernel takes 255.
        let address = String("\(backend.address)".map { $0 == ":" ? "." : $0 })
        return "to/\(base)/\(address)_\(backend.port)/\(seconds)"
    }

    /// How many clients of an endpoint are remembered.
    private static let clientLimit: UInt32 = 65_536

    /// Who was sent to which endpoint.
    var sets: [PlannedSet] {
        endpoints.map { backend in
            PlannedSet(
                SetDefinition(
                    name(backend),
                    key: [.ip(.source, port.family)],
                    isDynamic: true,
                    timeoutSeconds: UInt32(seconds),
                    size: Self.clientLimit
                ),
                .live
            )
        }
    }

    var chains: [PlannedChain] {
        var chains = endpoints.map { backend in
            PlannedChain(Chain(name(backend)), translation(to: backend))
        }
        if !port.cluster.isEmpty { chains.append(PlannedChain(Chain(cluster), choosing(port.cluster))) }
        if !port.local.isEmpty { chains.append(PlannedChain(Chain(local), choosing(port.local))) }
        if !port.cluster.isEmpty, !port.local.isEmpty { chains.append(PlannedChain(Chain(split), splitting)) }
        return chains
    }

    private var splitting: [Rule] {
        let pods = clusterCIDRs[port.family].map { [Rule(.source(in: $0), .goto(cluster))] } ?? []
        return pods + [Rule(.family(port.family), .isLocal(.source), .goto(cluster)), Rule(.goto(local))]
    }

    /// The endpoint that the client had, else one by lot.
    private func choosing(_ backends: [Backend]) -> [Rule] {
        let known = backends.map { backend in
            Rule(.matchSet(.ip(.source, port.family), in: name(backend)), .goto(name(backend)))
        }
        let drawn = backends.enumerated().map { index, backend in
            let left = backends.count - index
            guard left > 1 else { return Rule(.goto(name(backend))) }
            let draw = NumberGenerator(.random, modulus: UInt32(left))
            return Rule(.match(.numgen(draw), .number(0)), .goto(name(backend)))
        }
        return known + drawn
    }

    /// The set may be full: then the connection is translated all the same.
    private func translation(to backend: Backend) -> [Rule] {
        [
            Rule(.insert(.ip(.source, port.family), into: name(backend))),
            Rule(.l4proto(port.name.transport), .destinationNAT(to: backend.address, backend.port)),
        ]
    }
}
