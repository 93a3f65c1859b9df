import ClusterState

/// Keeps what the threads route by as the cluster, the classes that are served and the names outside want it. Its calls
/// follow one another, so that no thread goes back to what was before.
struct RouteFollower: Sendable {
    /// What came of a look at all of it.
    struct Step {
        /// The routes are others, or there are some for the first time.
        var isNews: Bool
        /// All is there that routes are made of.
        var isComplete: Bool
        /// Clients may be taken.
        var isReady: Bool
    }

    let snapshots: SnapshotStore
    let classes: IngressClassChoice
    let routes: RouteKeeper
    let names: ExternalNameKeeper
    let certificates: CertificateKeeper
    let server: ProxyServer
    let teller: IngressTeller

    func follow() async -> Step {
        let snapshot = snapshots.current
        let isNew = routes.take(snapshot, classes: classes.current, names: names.findings)
        let isComplete = routes.missingKinds.isEmpty
        if isComplete {
            certificates.take(snapshot, routes.table)
            names.want(routes.table.wantedNames)
        }
        if isNew { server.update(routes.table) }
        if isComplete { await teller.tell(routes.table, certificates.complaints) }
        return Step(isNews: isNew, isComplete: isComplete, isReady: isComplete && names.isSettled)
    }
}
