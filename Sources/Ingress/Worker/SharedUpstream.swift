import HTTPWire
import LinuxSystem

/// Which of the endpoints that have had a slot, one after the other.
struct UpstreamKey: Hashable {
    let slot: Int
    let generation: UInt32
}

/// An endpoint to which requests share connections, if it speaks HTTP/2: what is known of it, its connections, and who
/// waits for one.
struct SharedUpstream {
    /// The most connections of a thread to an endpoint that takes few requests on each.
    static let mostConnections = 128

    let endpoint: BackendEndpoint
    /// Those of HTTP/2 that have come about, in the order in which they did.
    var multiplexers: [Multiplexer] = []
    /// Those on their way: it is not known yet what the endpoint speaks, or how many requests it takes.
    private(set) var attempts: Set<StreamID> = []
    /// Streams of requests that have no place on a connection yet, in the order in which they came.
    private(set) var waiting: [StreamID] = []
    /// Whether it agreed on HTTP/1.1 when it was asked last: then each request has a connection of its own.
    var isOfHTTP1 = false
    /// How many requests at a time a connection took that came about last; nil if none did yet.
    private var room: Int?
    /// Whether the endpoint is no longer, or is another one now: nothing is begun but what waits for it already.
    var isRetired = false

    init(_ endpoint: BackendEndpoint) {
        self.endpoint = endpoint
    }

    /// Whether nothing would be lost if it were forgotten.
    var isOver: Bool { isRetired && multiplexers.isEmpty && attempts.isEmpty && waiting.isEmpty }

    /// Begins a stream on a connection that has room for it; nil if none has. One that may be dead has none.
    func openStream() -> (Multiplexer, number: UInt32)? {
        for multiplexer in multiplexers where multiplexer.isUsable {
            if let number = multiplexer.connection.openStream() { return (multiplexer, number) }
            if multiplexer.connection.isExhausted { multiplexer.isDraining = true }
        }
        return nil
    }

    // MARK: - Who waits

    /// - Parameter isFirst: whether its turn is before that of all others.
    mutating func wait(_ stream: StreamID, isFirst: Bool) {
        waiting.insert(stream, at: isFirst ? 0 : waiting.count)
    }

    /// Begins a stream for the one who waits longest, who waits no more; nil if nobody waits, or there is no room.
    mutating func serveFirst() -> (waiting: StreamID, multiplexer: Multiplexer, number: UInt32)? {
        guard let first = waiting.first, let (multiplexer, number) = openStream() else { return nil }
        waiting.removeFirst()
        return (first, multiplexer, number)
    }

    func isAwaited(by stream: StreamID) -> Bool { waiting.contains(stream) }

    /// Returns whether the stream did wait.
    mutating func leave(_ stream: StreamID) -> Bool {
        guard let index = waiting.firstIndex(of: stream) else { return false }
        waiting.remove(at: index)
        return true
    }

    // MARK: - Connections on their way

    /// How many further connections those who wait need. Before anything is known of the endpoint, one tells it.
    var missingConnections: Int {
        guard !waiting.isEmpty else { return 0 }
        guard let room else { return attempts.isEmpty ? 1 : 0 }
        let usable = multiplexers.count(where: \.isUsable)
        // It takes none now, and says when it does.
        guard room > 0 else { return attempts.isEmpty && usable == 0 ? 1 : 0 }
        let wanted = (waiting.count + room - 1) / room
        return max(0, min(wanted, Self.mostConnections - usable) - attempts.count)
    }

    mutating func begin(_ attempt: StreamID) { attempts.insert(attempt) }

    /// A connection has come about.
    mutating func open(_ multiplexer: Multiplexer) {
        attempts.remove(multiplexer.wire)
        multiplexers.append(multiplexer)
    }

    /// Has the number of requests that a connection takes be that of the newest one.
    mutating func learnRoom() {
        if let last = multiplexers.last { room = last.connection.streamLimit }
    }

    /// It speaks HTTP/1.1. Returns all who wait: they need connections of their own.
    mutating func learnHTTP1(from attempt: StreamID) -> [StreamID] {
        attempts.remove(attempt)
        isOfHTTP1 = true
        room = nil
        defer { waiting = [] }
        return waiting
    }

    /// A connection did not come about. Returns for whom no other one is on its way, as `dismiss` does.
    mutating func fail(_ attempt: StreamID) -> [StreamID] { attempts.remove(attempt) == nil ? [] : dismiss() }

    /// No further connection can be begun. Returns for whom none is on its way, the last ones: they wait no more.
    mutating func dismiss() -> [StreamID] {
        let covered = min(waiting.count, attempts.count * max(room ?? 1, 1))
        defer { waiting.removeLast(waiting.count - covered) }
        return Array(waiting[covered...])
    }
}
