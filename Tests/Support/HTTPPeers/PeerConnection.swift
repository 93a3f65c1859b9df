internal import Glibc
package import LinuxSystem
package import NetworkTypes
internal import Synchronization

/// One end of a TCP connection that does exactly what a test says, octet by octet, to a client's or a backend's side of a
/// proxy.
///
/// What waits blocks its thread, five seconds at most: the other end is always another process or another thread.
package final class PeerConnection: Sendable {
    /// The other end as it was in the beginning.
    package let peer: ListenAddress?
    private let socket: Mutex<SharedDescriptor?>
    /// What has come and was not asked for yet.
    private let waiting = Mutex<[UInt8]>([])

    init(_ descriptor: SharedDescriptor) {
        peer = SocketPlace.peer(of: descriptor)
        socket = Mutex(descriptor)
        SocketPlace.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
    }

    /// Connects.
    ///
    /// - Parameter namespace: where the client is; that of the calling thread if none is given.
    package convenience init(to place: ListenAddress, in namespace: NetworkNamespace? = nil) throws {
        @Sendable func connected() throws -> SharedDescriptor {
            let descriptor = try SocketPlace.open(place.address.family)
            _ = try systemCall("connect", on: "\(place)") {
                SocketPlace.with(place) { connect(descriptor.rawValue, $0, $1) }
            }
            return descriptor
        }
        self.init(try namespace?.run { try connected() } ?? connected())
    }

    // MARK: Sending

    /// Sends all of it, in one segment if it fits. An end that is gone does not matter: reading tells.
    ///
    /// - Returns: whether all of it was taken.
    @discardableResult
    package func send(_ octets: [UInt8]) -> Bool {
        guard let descriptor = socket.withLock({ $0 }) else { return false }
        var sent = 0
        while sent < octets.count {
            let count = octets[sent...].withUnsafeBytes {
                Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    package func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends the same octets every few milliseconds, as one who only wants to keep a connection busy, until something comes.
    package func keepSending(_ octets: [UInt8]) {
        for _ in 0..<1_000 {
            send(octets)
            guard case .nothing = receive(milliseconds: 5) else { return }
        }
    }

    /// Sends no more, as the half of a connection that has nothing more to say.
    package func finish() {
        if let descriptor = socket.withLock({ $0 }) { shutdown(descriptor.rawValue, Int32(SHUT_WR)) }
    }

    /// Ends both halves. What has come and was not read makes a reset of it, as TCP has it.
    package func close() { socket.withLock { $0 = nil } }

    /// Ends the connection by a reset at once, also while another thread reads.
    package func reset() {
        guard let descriptor = socket.withLock({ $0 }) else { return }
        // Connecting to no family at all takes a connection apart (connect(2)).
        var nowhere = sockaddr()
        nowhere.sa_family = sa_family_t(AF_UNSPEC)
        _ = connect(descriptor.rawValue, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
        close()
    }

    // MARK: Reading

    /// Why nothing more comes.
    package enum End: Sendable, Equatable {
        case finished, reset
    }

    /// Everything up to the first `text` and with it.
    package func read(through text: String) throws -> [UInt8] {
        let mark = Array(text.utf8)
        return try take(waitingFor: text) { octets in
            guard octets.count >= mark.count else { return nil }
            return (mark.count...octets.count).first { octets[($0 - mark.count)..<$0].elementsEqual(mark) }
        }
    }

    package func read(_ count: Int) throws -> [UInt8] {
        try take(waitingFor: "\(count) octets") { $0.count >= count ? count : nil }
    }

    /// Everything until the other end has nothing more to say, and how it said so.
    package func readToEnd() throws -> (octets: [UInt8], end: End) {
        while true {
            switch receive(milliseconds: 5_000) {
            case .octets: continue
            case .end(let end):
                return waiting.withLock { octets in
                    defer { octets = [] }
                    return (octets, end)
                }
            case .nothing: throw NothingCame(wanted: "the end", seen: waiting.withLock { $0 })
            }
        }
    }

    /// Whether nothing more has come by now, not even an end.
    package var isSilent: Bool {
        if case .nothing = receive(milliseconds: 0) { return waiting.withLock { $0.isEmpty } }
        return false
    }

    private func take(waitingFor wanted: String, _ length: ([UInt8]) -> Int?) throws -> [UInt8] {
        while true {
            let taken = waiting.withLock { octets -> [UInt8]? in
                guard let count = length(octets) else { return nil }
                defer { octets.removeFirst(count) }
                return Array(octets[..<count])
            }
            if let taken { return taken }
            switch receive(milliseconds: 5_000) {
            case .octets: continue
            case .end: throw NothingCame(wanted: wanted, seen: waiting.withLock { $0 }, hasEnded: true)
            case .nothing: throw NothingCame(wanted: wanted, seen: waiting.withLock { $0 })
            }
        }
    }

    private enum Received {
        case octets, nothing
        case end(End)
    }

    private func receive(milliseconds: Int32) -> Received {
        guard let descriptor = socket.withLock({ $0 }) else { return .end(.finished) }
        var request = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, milliseconds) > 0 else { return .nothing }
        var room = [UInt8](repeating: 0, count: 64 * 1024)
        let count = recv(descriptor.rawValue, &room, room.count, 0)
        if count > 0 { waiting.withLock { $0 += room[..<count] } }
        return count > 0 ? .octets : .end(count == 0 ? .finished : .reset)
    }
}

/// Octets that a test waits for and that have not come, or come no more.
package struct NothingCame: Error, CustomStringConvertible {
    let wanted: String
    let seen: [UInt8]
    /// Whether the other end has ended the connection.
    var hasEnded = false

    package var description: String {
        "waited for \(wanted); what came \(hasEnded ? "before the end" : "instead"): "
            + "\"\(String(decoding: seen.prefix(2_000), as: UTF8.self))\""
    }
}
