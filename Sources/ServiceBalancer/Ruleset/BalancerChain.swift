import NetworkTypes
import Nftables

/// A chain that elements of maps lead to. It is there while any does: one for each number of endpoints that some service
/// has, whatever the number of services.
enum BalancerChain: Hashable, Sendable {
    /// Which map of endpoints it looks into, by which key the packet came to it.
    struct Place: Hashable, Sendable {
        let family: AddressFamily
        /// The packet came by protocol and port alone.
        let isNode: Bool
    }

    /// What becomes of a packet whose source may come.
    enum Next: Hashable, Sendable {
        case serve, reject, insiders
    }

    /// To one of so many endpoints.
    case balance(Int, Place)
    /// Clients outside of the cluster to one of `outside`, pods and the node itself to one of `inside`.
    case split(outside: Int, inside: Int, Place)
    /// Drops what comes from outside of the cluster.
    case insiders(AddressFamily)
    /// Drops what comes from a source that is not listed.
    case sources(Place, then: Next)

    /// The first index of the endpoints for insiders, where others have other endpoints.
    static let insideOffset: UInt32 = 1 << 16

    var name: String {
        switch self {
        case .balance(let count, let place): "to-\(count)-\(place.suffix)"
        case .split(let outside, let inside, let place): "to-\(outside)-or-\(inside)-\(place.suffix)"
        case .insiders(let family): "insiders-only-\(family.suffix)"
        case .sources(let place, .serve): "listed-sources-\(place.suffix)"
        case .sources(let place, .reject): "listed-sources-reject-\(place.suffix)"
        case .sources(let place, .insiders): "listed-sources-insiders-\(place.suffix)"
        }
    }

    var comment: String {
        switch self {
        case .balance(let count, _): "one of \(count)"
        case .split(let outside, let inside, _): "one of \(outside) here, for pods and the node one of \(inside)"
        case .insiders: "no endpoints here"
        case .sources: "loadBalancerSourceRanges"
        }
    }

    /// - Parameter cluster: the networks of pods.
    func planned(cluster: PerFamily<IPPrefix>) -> [Rule] {
        switch self {
        case .balance(let count, let place):
            [place.translation(count, offset: 0), Self.lost]
        case .split(let outside, let inside, let place):
            Self.inside(place.family, cluster).map { clause in
                Rule(clause + [place.destination(inside, offset: Self.insideOffset)], comment: nil)
            } + [place.translation(outside, offset: 0), Self.lost]
        case .insiders(let family): Self.insiders(family, cluster)
        case .sources(let place, let next):
            [Rule(place.unlisted + [.counter, .drop], comment: "sources that may not come")]
                + (next == .reject ? [Rule(.goto(BalancerNames.refused))] : [])
                + (next == .insiders ? Self.insiders(place.family, cluster) : [])
        }
    }

    /// A packet that is in the chain already when an endpoint goes finds its number taken: its client tries again.
    private static let lost = Rule(.counter, .drop, comment: "an endpoint that has just gone")

    private static func insiders(_ family: AddressFamily, _ cluster: PerFamily<IPPrefix>) -> [Rule] {
        inside(family, cluster).map { Rule($0 + [.return], comment: nil) }
            + [Rule(.counter, .drop, comment: "endpoints are on other nodes only")]
    }

    /// Matches of pods, and of the node itself.
    private static func inside(_ family: AddressFamily, _ cluster: PerFamily<IPPrefix>) -> [[Clause]] {
        (cluster[family].map { [[.source(in: $0)]] } ?? []) + [[.isLocal(.source)]]
    }
}

extension BalancerChain.Place {
    var suffix: String { isNode ? "node-\(family.suffix)" : family.suffix }

    // The sets and maps that are asked by such keys.

    var endpoints: String { isNode ? BalancerNames.nodeEndpoints(family) : BalancerNames.endpoints(family) }

    var services: String { isNode ? BalancerNames.nodeServices(family) : BalancerNames.services(family) }

    var refusals: String { isNode ? BalancerNames.nodeRefusals(family) : BalancerNames.refusals(family) }

    var sources: String { isNode ? BalancerNames.nodeSources(family) : BalancerNames.sources(family) }

    /// What a packet's frontend is known by.
    var key: [Selector] { (isNode ? [] : [.ip(.destination, family)]) + [.l4proto, .port(.destination)] }

    func translation(_ count: Int, offset: UInt32) -> Rule { Rule([destination(count, offset: offset)]) }

    func destination(_ count: Int, offset: UInt32) -> Clause {
        let generator = NumberGenerator(.random, modulus: UInt32(count), offset: offset)
        let table: TableFamily = family == .ipv4 ? .ipv4 : .ipv6
        return .destinationNAT(table, by: key + [.numgen(generator)], in: endpoints)
    }

    /// Matches sources that are not listed for the frontend.
    var unlisted: [Clause] {
        [.matchSet(key + [.ip(.source, family)], notIn: sources)]
    }
}
