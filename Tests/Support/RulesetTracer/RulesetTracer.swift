package import NetworkTypes
import Nftables
package import NodeRuleset

/// Walks packets through a fragment as the kernel would: what kube-proxy's packet tracer does for its own rules.
///
/// It models the first packet of a connection through the hooks of one node, and all numbers that numgen may draw.
package struct RulesetTracer {
    let chains: [String: PlannedChain]
    let sets: [String: TracedSet]
    let localAddresses: Set<IPAddress>
    /// What packets have put into sets, by set.
    var live: [String: Set<[UInt8]>] = [:]

    /// - Parameter localAddresses: what routing says is the node's own.
    package init(_ fragment: RulesetFragment, localAddresses: Set<IPAddress>) {
        chains = Dictionary(uniqueKeysWithValues: fragment.chains.map { ($0.chain.name, $0) })
        sets = Dictionary(uniqueKeysWithValues: fragment.sets.map { ($0.definition.name, TracedSet($0)) })
        self.localAddresses = localAddresses
    }

    /// All that may become of the packet.
    package func fates(of packet: TracedPacket) throws(TraceProblem) -> Set<PacketFate> {
        var fates: Set<PacketFate> = []
        var pending: [[UInt32]] = [[]]
        while let draws = pending.popLast() {
            var walk = PacketWalk(self, packet, draws: draws)
            fates.insert(try walk.run())
            // Beyond the given draws each was the first possible one: now the others.
            for (index, draw) in walk.drawn.enumerated().dropFirst(draws.count) where draw.modulus > 1 {
                let before = walk.drawn.prefix(index).map(\.number)
                pending += (1..<draw.modulus).map { before + [$0] }
            }
        }
        return fates
    }

    /// Lets the packet pass with these draws, and remembers what it puts into sets.
    package mutating func pass(_ packet: TracedPacket, draws: [UInt32]) throws(TraceProblem) -> PacketFate {
        var walk = PacketWalk(self, packet, draws: draws)
        let fate = try walk.run()
        live = walk.live
        return fate
    }

    /// The base chains of a hook in the order in which a packet meets them. All NAT happens at -100, or at 100 behind
    /// routing, whatever the priorities of its chains, which order them among themselves only.
    func baseChains(_ hook: Hook) -> [PlannedChain] {
        let attached = chains.values.compactMap { planned in planned.chain.base.map { ($0, planned) } }
        return attached.filter { $0.0.hook == hook }.sorted { left, right in
            (left.0.place, left.0.priority) < (right.0.place, right.0.priority)
        }.map(\.1)
    }
}

extension BaseChain {
    fileprivate var place: Int32 {
        guard type == .nat else { return priority }
        return hook == .postrouting || hook == .input ? 100 : -100
    }
}
