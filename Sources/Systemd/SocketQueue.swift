internal import Glibc

/// What waits at a socket that nobody here will serve.
struct SocketQueue {
    private let number: Int32

    /// - Parameter number: an open descriptor, which the queue neither owns nor closes.
    init(_ number: Int32) {
        self.number = number
    }

    /// Reads datagrams and bytes, and drops them; accepts connections, and ends them. So whoever waits is told at once,
    /// also where another process holds the socket too. What is no socket is left alone.
    func drain() {
        guard let isListening = option(SO_ACCEPTCONN), let kind = option(SO_TYPE) else { return }
        let flags = fcntl(number, F_GETFL)
        // Whoever shares the socket shares this too, so it is taken back.
        _ = fcntl(number, F_SETFL, flags | O_NONBLOCK)
        defer { _ = fcntl(number, F_SETFL, flags) }
        // More than any queue holds, so that one that is filled as fast as it is emptied ends too.
        for _ in 0..<100_000 {
            let goesOn = isListening != 0 ? refuseNext() : readNext(endsWithNothing: kind != SOCK_DGRAM.rawValue)
            guard goesOn else { return }
        }
    }

    /// Nil if this is no socket.
    private func option(_ name: Int32) -> Int32? {
        var (value, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return unsafe getsockopt(number, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    /// Ends the next connection in order, so that the other end reads its end and no error.
    private func refuseNext() -> Bool {
        let connection = accept(number, nil, nil)
        guard connection >= 0 else { return Self.isPassing(errno) }
        _ = shutdown(connection, Int32(SHUT_WR))
        // Closing with something unread would reset the connection.
        var reads = 0
        while reads < 64, Self.read(connection) > 0 { reads += 1 }
        close(connection)
        return true
    }

    /// - Parameter endsWithNothing: whether nothing read is the end, rather than an empty datagram.
    private func readNext(endsWithNothing: Bool) -> Bool {
        let count = Self.read(number)
        guard count >= 0 else { return Self.isPassing(Int32(-count)) }
        return count > 0 || !endsWithNothing
    }

    /// The number of bytes, or the number of the error below zero.
    private static func read(_ number: Int32) -> Int {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe recv(number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        return count >= 0 ? count : -Int(errno)
    }

    /// An error of one connection or one earlier packet, behind which others may wait (accept(2), udp(7)).
    private static func isPassing(_ error: Int32) -> Bool {
        [
            EINTR, ECONNABORTED, ECONNREFUSED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
            ENETUNREACH, EMSGSIZE,
        ].contains(error)
    }
}
