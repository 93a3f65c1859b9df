import Glibc
import Testing

/// A TCP socket of a test, between programs of this host. It never waits.
final class TestSocket {
    private let descriptor: Int32
    private(set) var received: [UInt8] = []
    /// What the kernel has not taken yet.
    private var output: [UInt8] = []
    /// Whether the other side has ended, or broken off.
    private(set) var hasEnded = false
    private(set) var isOpen = true

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    private convenience init() throws {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, type, 0)
        try #require(descriptor >= 0)
        self.init(descriptor)
    }

    deinit { if isOpen { Glibc.close(descriptor) } }

    /// The octets of a `sockaddr_in`: the family, in the order of the host, then port and address.
    private static func withAddress(port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var octets: [UInt8] = [0, 0, UInt8(port >> 8), UInt8(truncatingIfNeeded: port), 127, 0, 0, 1]
        octets += [UInt8](repeating: 0, count: 8)
        return octets.withUnsafeMutableBytes { octets in
            octets.storeBytes(of: UInt16(AF_INET), as: UInt16.self)
            return octets.withMemoryRebound(to: sockaddr.self) { body($0.baseAddress!, socklen_t(octets.count)) }
        }
    }

    /// One that is connected to at a port that it finds itself.
    static func listening() throws -> TestSocket {
        let server = try TestSocket()
        try #require(withAddress(port: 0) { bind(server.descriptor, $0, $1) } == 0)
        try #require(listen(server.descriptor, 256) == 0)
        return server
    }

    /// One that connects to a port of this host.
    ///
    /// - Parameter isNarrow: whether the kernels of both sides keep next to nothing of what it does not read.
    static func connecting(to port: UInt16, isNarrow: Bool = false) throws -> TestSocket {
        let client = try TestSocket()
        if isNarrow {
            var (room, segment) = (Int32(2_048), Int32(536))
            let size = socklen_t(MemoryLayout<Int32>.size)
            try #require(setsockopt(client.descriptor, SOL_SOCKET, SO_RCVBUF, &room, size) == 0)
            try #require(setsockopt(client.descriptor, Int32(IPPROTO_TCP), TCP_MAXSEG, &segment, size) == 0)
        }
        let outcome = withAddress(port: port) { connect(client.descriptor, $0, $1) }
        try #require(outcome == 0 || errno == EINPROGRESS)
        return client
    }

    var port: UInt16 { Self.port(of: descriptor) }

    static func port(of descriptor: Int32) -> UInt16 {
        var octets = [UInt8](repeating: 0, count: 16)
        var size = socklen_t(octets.count)
        octets.withUnsafeMutableBytes { octets in
            octets.withMemoryRebound(to: sockaddr.self) { _ = getsockname(descriptor, $0.baseAddress, &size) }
        }
        return UInt16(octets[2]) << 8 | UInt16(octets[3])
    }

    /// Has the kernel keep no more than so many octets, as far as it goes by that, of what is sent by those that a server
    /// takes.
    static func limitSending(_ server: Int32, to limit: Int32) throws {
        var room = limit
        try #require(setsockopt(server, SOL_SOCKET, SO_SNDBUF, &room, socklen_t(MemoryLayout<Int32>.size)) == 0)
    }

    /// Who has connected and was not taken yet.
    func accept() -> TestSocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
        return TestSocket(accepted)
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Sends octets; what the kernel does not take leaves with one of the next reads.
    func send(_ octets: [UInt8]) {
        output += octets
        guard isOpen, !output.isEmpty else { return }
        let count = Glibc.send(descriptor, output, output.count, Int32(MSG_NOSIGNAL))
        if count > 0 { output.removeFirst(count) }
    }

    /// Whether something came that was not read.
    var hasWaiting: Bool {
        var octet: UInt8 = 0
        return recv(descriptor, &octet, 1, Int32(MSG_PEEK)) == 1
    }

    /// Reads what there is.
    func read() {
        send([])
        var room = [UInt8](repeating: 0, count: 65_536)
        while isOpen, !hasEnded {
            let count = recv(descriptor, &room, room.count, 0)
            if count > 0 {
                received += room[..<count]
            } else if count == 0 || errno != EAGAIN {
                hasEnded = true
            } else {
                return
            }
        }
    }

    /// Reads some of what there is, so many octets at most.
    func read(atMost limit: Int) {
        var room = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &room, room.count, 0)
        if count > 0 { received += room[..<count] } else { hasEnded = count == 0 || errno != EAGAIN }
    }

    /// Ends the own side.
    func finish() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

    /// Closes it. If there is something that was not read, the other side is told that by a reset.
    func close() {
        guard isOpen else { return }
        isOpen = false
        Glibc.close(descriptor)
    }

    /// Takes what was read.
    func takeReceived() -> [UInt8] {
        defer { received = [] }
        return received
    }
}
