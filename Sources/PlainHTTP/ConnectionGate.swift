internal import NIOCore
import Synchronization

/// Lets connections to an address in, and closes those that have to make room.
final class ConnectionGate: Sendable {
    typealias Places = ConnectionPlaces<String>

    private struct State: Sendable {
        var places: Places
        var channels: [Places.ID: any Channel] = [:]
    }

    private let state: Mutex<State>

    init(_ limits: HTTPLimits) {
        state = Mutex(State(places: Places(limits)))
    }

    /// Nil for a connection that is to be closed.
    func enter(_ channel: any Channel) -> Places.ID? {
        let client = channel.remoteAddress?.ipAddress ?? ""
        let (id, closing) = state.withLock { state -> (Places.ID?, (any Channel)?) in
            guard case .admitted(let id, let closing) = state.places.enter(client) else { return (nil, nil) }
            state.channels[id] = channel
            return (id, closing.flatMap { state.channels.removeValue(forKey: $0) })
        }
        closing?.close(promise: nil)
        return id
    }

    /// A request has come whole.
    func begin(_ id: Places.ID) { state.withLock { $0.places.begin(id) } }

    /// Its answer has been taken.
    func end(_ id: Places.ID) { state.withLock { $0.places.end(id) } }

    /// A connection is gone.
    func leave(_ id: Places.ID) {
        state.withLock { state in
            state.places.leave(id)
            state.channels[id] = nil
        }
    }
}
