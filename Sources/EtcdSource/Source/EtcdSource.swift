package import ClusterState
import LinuxSystem
import Synchronization

/// Cluster state from etcd: one list of all keys under the prefix, then a watch from its revision on.
///
/// A watch that breaks is followed by a new list, on another endpoint if need be, and only what differs is a change: that
/// etcd is past the revision of before does not show that it has the same history, which a wiped one has not. etcd is
/// asked every `heartbeat` whether it is still there, since a watch of a server that is cut off stays silent.
package struct EtcdSource: ClusterSource {
    private let client: EtcdClient
    private let keys: EtcdKeys
    private let ownName: NodeName
    private let view: EtcdView
    private let heartbeat: Duration

    /// - Parameters:
    ///   - ownName: the name of this node, whose own addresses are not taken from etcd.
    ///   - view: what is seen of the leases.
    package init(
        client: EtcdClient,
        keys: EtcdKeys,
        ownName: NodeName,
        view: EtcdView,
        heartbeat: Duration = .seconds(15)
    ) {
        self.client = client
        self.keys = keys
        self.ownName = ownName
        self.view = view
        self.heartbeat = heartbeat
    }

    package var description: String {
        "etcd at \(client.connection.endpoints.joined(separator: ", ")) under \(keys.prefix)"
    }

    /// The endpoints are ways to it. Nor does the cluster's own number belong to it, which a restored backup changes: the
    /// first list replaces what another one's left.
    package var identity: String { "etcd under \(keys.prefix)" }

    package func run(
        feeding store: SnapshotStore,
        reporting report: @escaping @Sendable (SourceEvent) -> Void
    ) async throws {
        let follower = EtcdFollower(
            tree: EtcdTree(keys: keys, ownName: ownName),
            store: store,
            view: view,
            client: client,
            report: report
        )
        var pause = Self.shortestPause
        // How many watches broke one after the other.
        var broken = 0
        while true {
            try Task.checkCancellation()
            let start = ContinuousClock.now
            do {
                try await follow(follower)
            } catch EtcdError.compacted {
                report(.notice("etcd has compacted what this node has not seen yet: everything is listed again"))
            } catch let lost as PositionLost {
                follower.forgetPosition()
                report(.notice(lost.reason))
            } catch is EndpointLeft {
                // The watch goes to the one that answers, or is begun anew.
            } catch let lost as WatchBroken {
                // Whether another endpoint does better shows at once; if none does, that is said.
                broken += 1
                if broken > client.connection.endpoints.count {
                    follower.say(.degraded("etcd answers, but its watch breaks: \(lost.failure)"))
                }
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                if Task.isCancelled { throw CancellationError() }
                broken = 0
                follower.say(.degraded("\(error)"))
            }
            if start.duration(to: .now) > Self.settled { (pause, broken) = (Self.shortestPause, 0) }
            report(.waiting(for: "the next attempt to reach etcd"))
            try await ContinuousClock().sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    private static let shortestPause = Duration.milliseconds(100)
    /// A source that was followed for so long works.
    private static let settled = Duration.seconds(10)

    private func follow(_ follower: EtcdFollower) async throws {
        // Of an etcd that is away, this and not the watch says why.
        let position = follower.take(try await client.list(keys.everything))
        let (endpoint, troubles) = (client.currentEndpoint, client.troubles())
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                try await client.watch(keys.everything, from: position.revision + 1) { try follower.take($0) }
            }
            group.addTask {
                // What made a request fail may have silenced the watch too, as an address of this host that is gone.
                for await _ in troubles { throw EndpointLeft() }
            }
            group.addTask {
                while true {
                    try await ContinuousClock().sleep(for: heartbeat)
                    let asked = follower.position ?? position
                    try follower.confirm(try await client.get(keys.config), asked: asked)
                    guard client.currentEndpoint == endpoint else { throw EndpointLeft() }
                }
            }
        }
    }
}

/// The endpoint of the watch no longer answers, or did not for a moment.
private struct EndpointLeft: Error {}

/// etcd is not the one that was followed, or has less than it had.
struct PositionLost: Error {
    let reason: String
}
