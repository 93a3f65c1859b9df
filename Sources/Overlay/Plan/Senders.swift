import NetworkTypes
import Nftables
import NodeRuleset

/// The addresses that nodes may send from, each with the network of the pods that are on the node, as far as these networks
/// are of one length: mostly all of a family.
///
/// One set of intervals would do for every length, but is copied whole by the kernel for each change, and crashes
/// `nft monitor` 1.0.6.
struct Senders {
    let family: AddressFamily
    /// Of the networks of pods, in bits.
    let length: Int
    let pairs: [(address: IPAddress, podCIDR: IPPrefix)]

    private var setName: String { (family == .ipv4 ? "overlay-pods-v4-" : "overlay-pods-v6-") + "\(length)" }

    var set: PlannedSet {
        PlannedSet(
            SetDefinition(setName, key: [.ip(.source, family), .vxlanSource(family)]),
            .planned(ElementTable(pairs.map { SetElement(.address($0.address), .address($0.podCIDR.base)) }))
        )
    }

    /// Lets in what a tunnel's packet carries if it is from a pod of the node that sent it.
    var rule: Rule {
        Rule(
            .family(family),
            .vxlanEtherType(.carrying(family)),
            .matchSet(.ip(.source, family), .vxlanSource(family), maskedTo: length, in: setName),
            .accept,
            comment: "nodes' own pods"
        )
    }
}
