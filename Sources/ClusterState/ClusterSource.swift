/// One way of learning the cluster's state.
package protocol ClusterSource: Sendable {
    /// Where the state comes from, as a noun phrase: "manifests in /etc/linnet/manifests".
    var description: String { get }

    /// Whose state it is, wherever it comes from: what is saved of another one says nothing here.
    var identity: String { get }

    /// Feeds the store until the task is cancelled. Throws only what a restart may cure.
    func run(feeding store: SnapshotStore, reporting report: @escaping @Sendable (SourceEvent) -> Void) async throws
}

extension ClusterSource {
    package var identity: String { description }
}

/// What a source says of itself, for logs and health.
package enum SourceEvent: Sendable, Hashable {
    /// It waits for a change.
    case waiting(for: String)
    /// It reads or parses.
    case working(on: String)
    /// The state is known; the text says how much.
    case synchronised(String)
    /// It goes on with what it had; the text says why.
    case degraded(String)
    /// Something was noticed that is no failure: a kind that is not read, a problem that is mended.
    case notice(String)
}
