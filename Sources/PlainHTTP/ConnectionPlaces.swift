/// Who may stay connected to an address: a machine without sockets, each event of which returns what is to be done.
///
/// A connection is idle until a request of it has come whole, and again when the answer has been taken. Where there is no
/// room, the one that is idle longest makes it: nobody keeps others out by being there.
struct ConnectionPlaces<Client: Hashable & Sendable>: Sendable {
    /// Names a connection for as long as the address is served.
    struct ID: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// What becomes of a new connection.
    enum Entry: Hashable, Sendable {
        /// It stays; the other one, if any, is to be closed.
        case admitted(ID, closing: ID?)
        /// It is to be closed: all others are being answered.
        case refused
    }

    private struct Place: Sendable {
        let client: Client
        /// Grows with each event; nil while a request is answered.
        var idleSince: UInt64?
    }

    private let limits: HTTPLimits
    private var places: [ID: Place] = [:]
    private var lastNumber: UInt64 = 0

    init(_ limits: HTTPLimits) {
        self.limits = limits
    }

    /// A connection comes.
    mutating func enter(_ client: Client) -> Entry {
        var closing: ID?
        let own = places.values.count { $0.client == client }
        if own >= limits.connectionsOfClient {
            guard let idle = longestIdle(where: { $0.client == client }) else { return .refused }
            closing = idle
        } else if places.count >= limits.connections {
            guard let idle = longestIdle(where: { _ in true }) else { return .refused }
            closing = idle
        }
        if let closing { places[closing] = nil }
        lastNumber += 1
        let id = ID(number: lastNumber)
        places[id] = Place(client: client, idleSince: lastNumber)
        return .admitted(id, closing: closing)
    }

    /// A request has come whole.
    mutating func begin(_ id: ID) { places[id]?.idleSince = nil }

    /// Its answer has been taken.
    mutating func end(_ id: ID) {
        lastNumber += 1
        places[id]?.idleSince = lastNumber
    }

    /// A connection is gone.
    mutating func leave(_ id: ID) { places[id] = nil }

    private func longestIdle(where isCandidate: (Place) -> Bool) -> ID? {
        places.filter { $0.value.idleSince != nil && isCandidate($0.value) }
            .min { ($0.value.idleSince ?? 0) < ($1.value.idleSince ?? 0) }?.key
    }
}
