/// Which node publishes the addresses under which objects are reached, where all nodes come to the same ones.
package enum AddressSpeaker: Sendable, Hashable {
    /// The first node, by name, that does the job; nil while there is none.
    case first(NodeName?)
    /// Each node for itself: it does not know what others do.
    case each

    package func includes(_ node: NodeName) -> Bool { self == .each || self == .first(node) }
}
