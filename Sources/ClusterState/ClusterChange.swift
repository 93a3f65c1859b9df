/// What a source tells the store.
package enum ClusterChange: Sendable {
    /// All objects of these kinds, and no others of them: what is not listed is gone.
    case replace(kinds: Set<ObjectKind>, with: [ClusterObject])
    /// One object as it is now, new or changed.
    case set(ClusterObject)
    /// One object is gone.
    case remove(ObjectKey)
}

/// An object of any kind that Linnet reads.
package enum ClusterObject: Sendable, Hashable {
    case node(Node)

    package var key: ObjectKey {
        switch self {
        case .node(let node): .node(node.name)
        }
    }
}
