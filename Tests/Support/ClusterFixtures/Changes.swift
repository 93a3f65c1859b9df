package import ClusterState

extension ClusterChange {
    /// One object as it is now, new or changed.
    package static func set(_ object: ClusterObject) -> ClusterChange { .update(set: [object], remove: []) }

    /// One object is gone.
    package static func remove(_ key: ObjectKey) -> ClusterChange { .update(set: [], remove: [key]) }
}
