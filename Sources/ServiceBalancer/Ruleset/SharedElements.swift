import NetworkTypes
import Nftables
import NodeRuleset

/// A set or map that the services of a place share.
struct SharedSet: Hashable, Sendable {
    enum Kind: Int, CaseIterable {
        case services, endpoints, refusals, sources
    }

    let kind: Kind
    let place: BalancerChain.Place

    var name: String {
        switch kind {
        case .services: place.services
        case .endpoints: place.endpoints
        case .refusals: place.refusals
        case .sources: place.sources
        }
    }

    fileprivate static let all = Kind.allCases.flatMap { kind in
        [false, true].flatMap { isNode in
            [.ipv4, .ipv6].map { SharedSet(kind: kind, place: BalancerChain.Place(family: $0, isNode: isNode)) }
        }
    }

    /// Its place in `all`.
    fileprivate var index: Int { kind.rawValue * 4 + (place.isNode ? 2 : 0) + (place.family == .ipv4 ? 0 : 1) }
}

/// Elements by the shared set that they are in: to put one in costs no search for a name.
struct SharedElements: Sendable {
    private var lists: [[SetElement]] = Array(repeating: [], count: SharedSet.all.count)

    mutating func append(_ element: SetElement, to set: SharedSet) {
        lists[set.index].append(element)
    }

    subscript(set: SharedSet) -> [SetElement] { lists[set.index] }

    /// What is different where these stand instead of the others, by the set's name.
    func changes(from old: SharedElements) -> [(name: String, change: ElementChange)] {
        SharedSet.all.compactMap { set in
            let change = ElementChange(
                removed: Self.difference(old[set], without: self[set]),
                added: Self.difference(self[set], without: old[set])
            )
            return change.isEmpty ? nil : (set.name, change)
        }
    }

    private static func difference(_ elements: [SetElement], without others: [SetElement]) -> [SetElement] {
        guard !elements.isEmpty, !others.isEmpty else { return elements }
        let others = Set(others)
        return elements.filter { !others.contains($0) }
    }
}
