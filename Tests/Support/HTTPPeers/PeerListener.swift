internal import CLinux
internal import Glibc
package import LinuxSystem
package import NetworkTypes
internal import Synchronization

/// Takes the connections of a proxy, for a test that then says what the backend does on each.
package final class PeerListener: Sendable {
    private let socket: Mutex<SharedDescriptor?>

    /// - Parameter namespace: where the backend is; that of the calling thread if none is given.
    package init(on place: ListenAddress, in namespace: NetworkNamespace? = nil) throws {
        @Sendable func bound() throws -> SharedDescriptor {
            let descriptor = try SocketPlace.open(place.address.family)
            SocketPlace.set(descriptor, SOL_SOCKET, SO_REUSEADDR, Int32(1))
            _ = try systemCall("bind", on: "\(place)") {
                SocketPlace.with(place) { bind(descriptor.rawValue, $0, $1) }
            }
            _ = try systemCall("listen", on: "\(place)") { listen(descriptor.rawValue, 512) }
            return descriptor
        }
        socket = Mutex(try namespace?.run { try bound() } ?? bound())
    }

    /// The next connection, waited for five seconds at most; each comes once.
    package func accept() throws -> PeerConnection {
        if let connection = try take(milliseconds: 5_000) { return connection }
        throw NothingCame(wanted: "a connection", seen: [])
    }

    /// The next connection if there is one already.
    package func acceptNow() throws -> PeerConnection? { try take(milliseconds: 0) }

    /// The same, waited for as long as nobody closes this.
    func acceptForEver() -> PeerConnection? {
        while socket.withLock({ $0 }) != nil {
            if let connection = try? take(milliseconds: 100) { return connection }
        }
        return nil
    }

    /// Refuses connections from now on, and wakes who waits for one.
    package func close() {
        guard let descriptor = socket.withLock({ $0.take() }) else { return }
        shutdown(descriptor.rawValue, Int32(SHUT_RDWR))
    }

    private func take(milliseconds: Int32) throws -> PeerConnection? {
        guard let descriptor = socket.withLock({ $0 }) else { return nil }
        var request = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, milliseconds) > 0 else { return nil }
        // It is accept4 with SOCK_CLOEXEC, of sockets of any kind: no program that a test starts may hold a connection open.
        let number = try systemCall("accept") { linnet_unix_accept(descriptor.rawValue) }
        return PeerConnection(SharedDescriptor(adopting: number))
    }
}
