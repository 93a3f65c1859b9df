import Synchronization

/// The outbox of a node that has no API server to write to: it keeps what was said, for status to show.
package final class LocalOutbox: Outbox {
    /// What was said so far.
    package struct Contents: Sendable, Equatable {
        package var statuses: [ObjectKey: ObjectStatus] = [:]
        /// The newest events, the newest last.
        package var events: [ClusterEvent] = []
    }

    /// How many events are kept.
    private static let eventLimit = 100

    private let state = Mutex(Contents())

    package init() {}

    package var contents: Contents { state.withLock { $0 } }

    package func publish(_ status: ObjectStatus, of object: ObjectKey) async {
        state.withLock { $0.statuses[object] = status }
    }

    package func forget(_ object: ObjectKey) async {
        state.withLock { $0.statuses[object] = nil }
    }

    package func record(_ event: ClusterEvent) async {
        state.withLock { contents in
            contents.events.append(event)
            if contents.events.count > Self.eventLimit { contents.events.removeFirst() }
        }
    }
}
