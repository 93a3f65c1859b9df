import LinuxSystem

/// Which clients may stay connected to one thread of the proxy: a table without sockets and clock.
///
/// A connection rests until its first request is there, and from each response to the next request. Where there is no
/// place left, the one that rests longest makes room. One network has no more than its share once half of the places are
/// taken: a quiet node serves any number of clients behind one address, and a busy one is nobody's alone.
struct ClientPlaces {
    /// What becomes of a new connection.
    enum Entry: Hashable, Sendable {
        /// It stays; the other one, if any, is to be closed.
        case admitted(closing: StreamID?)
        /// It is to be closed.
        case refused(ClientRefusal)
    }

    private struct Place {
        var stream = StreamID.none
        /// Nil for proxies, whose connections are those of many.
        var network: ClientNetwork?
        var isResting = false
        /// Its neighbours among those that rest, -1 at the ends.
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    /// How many of those that rest longest are looked at to find one of a network that has its share. With the share that
    /// it has, chance finds one among the first few.
    private static let looks = 64

    /// How many connections there may be.
    let most: Int
    private(set) var count = 0
    /// By the indices of the streams.
    private var places: [Place] = []
    private var held: [ClientNetwork: Int] = [:]
    /// Of those that rest the one that does so longest, and the last one.
    private var first: Int32 = -1
    private var last: Int32 = -1

    init(most: Int) {
        self.most = most
    }

    private var share: Int { max(1, most / 4) }

    // MARK: - Connections come and go

    /// A connection comes, and rests.
    ///
    /// - Parameters:
    ///   - network: whose it is; nil for one that may have any number of them.
    ///   - hasRoom: false if places are of no use, since something else is short.
    mutating func enter(_ stream: StreamID, from network: ClientNetwork?, hasRoom: Bool = true) -> Entry {
        var closing: StreamID?
        if let network, hasItsShare(network) {
            closing = longestResting(of: network)
            guard closing != nil else { return .refused(.share) }
        } else if count >= most || !hasRoom {
            guard first >= 0 else { return .refused(.full) }
            closing = places[Int(first)].stream
        }
        if let closing { leave(closing) }
        add(stream, network)
        return .admitted(closing: closing)
    }

    /// A proxy says for whom it connected. Returns false if that one has its share.
    mutating func assign(_ stream: StreamID, to network: ClientNetwork) -> Bool {
        guard let index = index(of: stream), places[index].network != network else { return true }
        guard !hasItsShare(network) else { return false }
        if let former = places[index].network { release(former) }
        places[index].network = network
        held[network, default: 0] += 1
        return true
    }

    /// A connection is gone. One that has no place does not count.
    mutating func leave(_ stream: StreamID) {
        guard let index = index(of: stream) else { return }
        if places[index].isResting { unlink(index) }
        if let network = places[index].network { release(network) }
        places[index] = Place()
        count -= 1
    }

    // MARK: - Requests come and go

    /// A request is under way.
    mutating func begin(_ stream: StreamID) {
        guard let index = index(of: stream), places[index].isResting else { return }
        unlink(index)
    }

    /// None is under way from now on.
    mutating func rest(_ stream: StreamID) {
        guard let index = index(of: stream) else { return }
        if places[index].isResting { unlink(index) }
        link(index)
    }

    // MARK: - The table

    private func hasItsShare(_ network: ClientNetwork) -> Bool {
        2 * count >= most && held[network, default: 0] >= share
    }

    private func longestResting(of network: ClientNetwork) -> StreamID? {
        var index = first
        for _ in 0..<Self.looks where index >= 0 {
            let place = places[Int(index)]
            if place.network == network { return place.stream }
            index = place.next
        }
        return nil
    }

    private func index(of stream: StreamID) -> Int? {
        let index = Int(stream.index)
        return places.indices.contains(index) && places[index].stream == stream ? index : nil
    }

    private mutating func add(_ stream: StreamID, _ network: ClientNetwork?) {
        let index = Int(stream.index)
        if index >= places.count {
            places.append(contentsOf: repeatElement(Place(), count: index + 1 - places.count))
        }
        places[index] = Place(stream: stream, network: network)
        if let network { held[network, default: 0] += 1 }
        link(index)
        count += 1
    }

    private mutating func release(_ network: ClientNetwork) {
        let rest = held[network, default: 1] - 1
        held[network] = rest > 0 ? rest : nil
    }

    /// Puts it behind all others that rest.
    private mutating func link(_ index: Int) {
        places[index].isResting = true
        places[index].previous = last
        places[index].next = -1
        if last >= 0 { places[Int(last)].next = Int32(index) } else { first = Int32(index) }
        last = Int32(index)
    }

    private mutating func unlink(_ index: Int) {
        let (previous, next) = (places[index].previous, places[index].next)
        if previous >= 0 { places[Int(previous)].next = next } else { first = next }
        if next >= 0 { places[Int(next)].previous = previous } else { last = previous }
        places[index].isResting = false
    }
}

/// Why a client is not taken.
enum ClientRefusal: String, Hashable, Sendable, CaseIterable {
    /// On all connections that there may be, requests are under way.
    case full
    /// Its network has its share.
    case share
}
