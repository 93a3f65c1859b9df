import Glibc
import LinuxSystem
import NetworkTypes

/// A server that a test answers for, octet by octet. Nothing of it waits longer than 10 seconds.
final class PacketUpstream: Sendable {
    private let transport: PacketTransport
    private let descriptor: SharedDescriptor

    init(_ transport: PacketTransport, on address: String, in namespace: NetworkNamespace) throws {
        let octets = try IPAddress(parsing: address).bytes
        self.transport = transport
        descriptor = try namespace.run { try PacketPorts.openServer(transport, octets, port: 53) }
    }

    /// Waits until somebody has asked something.
    func receive() throws -> Asker {
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        _ = try systemCall("poll") { poll(&waiting, 1, 10_000) }
        guard case .stream = transport else {
            var octets = [UInt8](repeating: 0, count: 4096)
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            try withUnsafeMutablePointer(to: &sender) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    _ = try systemCall("recvfrom") {
                        recvfrom(descriptor.rawValue, &octets, octets.count, 0, pointer, &length)
                    }
                    _ = try systemCall("connect") { connect(descriptor.rawValue, pointer, length) }
                }
            }
            return Asker(descriptor)
        }
        let stream = SharedDescriptor(adopting: try systemCall("accept") { accept(descriptor.rawValue, nil, nil) })
        waiting.fd = stream.rawValue
        _ = try systemCall("poll") { poll(&waiting, 1, 10_000) }
        var octets = [UInt8](repeating: 0, count: 4096)
        _ = try systemCall("read") { read(stream.rawValue, &octets, octets.count) }
        return Asker(stream)
    }

    /// Who asked.
    struct Asker {
        private let descriptor: SharedDescriptor

        fileprivate init(_ descriptor: SharedDescriptor) {
            self.descriptor = descriptor
        }

        /// Sends octets as they are: a datagram, or a piece of a stream.
        func send(_ octets: [UInt8]) {
            Glibc.send(descriptor.rawValue, octets, octets.count, Int32(MSG_NOSIGNAL))
        }

        /// Says that nothing more will be sent.
        func close() {
            shutdown(descriptor.rawValue, Int32(SHUT_WR))
        }
    }
}
