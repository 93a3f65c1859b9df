import Glibc
import LinuxSystem
import NetworkNamespaces
import NetworkTypes
import Testing

/// Servers of datagrams on the loopback addresses of a namespace, unless a test says otherwise.
@Suite(.timeLimit(.minutes(1)))
struct PacketDatagramTests {
    private typealias Command = ObedientService.Command

    @Test(arguments: ["127.0.0.1", "127.0.0.77", "::1"])
    func `a datagram is answered from the address that it was sent to`(address: String) async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        try await bed.serve(.datagram, address)
        let client = try PacketClient(.datagram, to: address, in: bed.place.namespace)
        for number in UInt8(1)...3 {
            client.send([Command.echo.rawValue, number])
            #expect(client.receive() == [0, number])
        }
        await bed.thread.stop()
    }

    @Test func `what came before a socket was served is answered, however much it is`() async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        let server = try bed.open(.datagram, "127.0.0.1")
        let client = try PacketClient(.datagram, to: "127.0.0.1", in: bed.place.namespace)
        for number in 0..<1500 { client.send([Command.echo.rawValue, UInt8(number >> 8), UInt8(number & 255)]) }
        await bed.perform { _, ports in ports.serve(server, .datagram) }
        for number in 0..<1500 {
            #expect(client.receive() == [0, UInt8(number >> 8), UInt8(number & 255)])
        }
        await bed.thread.stop()
    }

    /// Replies of one size to one sender go out as one message, and the kernel makes datagrams of it. They may come in
    /// another order than they were asked for in.
    @Test(arguments: [65536, 1500, 600])
    func `replies of mixed sizes to several senders arrive whole`(mtu: Int) async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        try bed.place.run("ip", "link", "set", "lo", "mtu", "\(mtu)")
        let server = try bed.open(.datagram, "127.0.0.1")
        let clients = try (1...3).map { number in
            try PacketClient(.datagram, to: "127.0.0.1", from: "127.0.1.\(number)", in: bed.place.namespace)
        }
        // Runs of one size, the last of them smaller, single ones, the longest possible, and none at all between them.
        let sizes = [1, 1, 1, 40, 40, 39, 40, 0, 40] + Array(repeating: 1232, count: 70) + [1231, 1232, 2, 3, 2, 2, 1]
        for (index, size) in sizes.enumerated() {
            for client in index < 40 ? clients : [clients[0]] {
                client.send([Command.size.rawValue, UInt8(size >> 8), UInt8(size & 255), UInt8(index)])
            }
        }
        await bed.perform { _, ports in ports.serve(server, .datagram) }
        for (number, client) in clients.enumerated() {
            let own = sizes.enumerated().prefix(number == 0 ? sizes.count : 40)
            let wanted = own.filter { $0.element > 0 }.map { index, size in
                [0] + Array(repeating: UInt8(index), count: size - 1)
            }
            let received = wanted.compactMap { _ in client.receive() }
            #expect(
                received.sorted { $0.lexicographicallyPrecedes($1) }
                    == wanted.sorted { $0.lexicographicallyPrecedes($1) }
            )
        }
        await bed.thread.stop()
    }

    @Test func `a sender that cannot be answered costs the others nothing`() async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        let server = try bed.open(.datagram, "127.0.0.1")
        let client = try PacketClient(.datagram, to: "127.0.0.1", in: bed.place.namespace)
        for number in UInt8(1)...4 {
            try Self.sendFromPortZero([Command.echo.rawValue, number], in: bed.place.namespace)
            client.send([Command.echo.rawValue] + [UInt8](repeating: number, count: 4096))
            client.send([Command.ignore.rawValue])
            client.send([])
            client.send([Command.echo.rawValue, number])
        }
        await bed.perform { _, ports in ports.serve(server, .datagram) }
        for number in UInt8(1)...4 { #expect(client.receive() == [0, number]) }
        // Those from port 0 and those that were cut are not given.
        #expect(await bed.perform { service, _ in service.answered } == 12)
        await bed.thread.stop()
    }

    private static func sendFromPortZero(_ octets: [UInt8], in namespace: NetworkNamespace) throws {
        let length = UInt8(8 + octets.count)
        let datagram = [0, 0, 0, 53, 0, length, 0, 0] + octets
        try namespace.run {
            let raw = SharedDescriptor(
                adopting: try systemCall("socket") {
                    socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_UDP))
                }
            )
            _ = try SocketAddress(.v4(.init(rawValue: 0x7f00_0001)), 0).withPointer { pointer, length in
                try systemCall("sendto") { sendto(raw.rawValue, datagram, datagram.count, 0, pointer, length) }
            }
        }
    }

    @Test func `replies that are given later find their senders`() async throws {
        let bed = try PacketTestbed(TestNamespace("packets"))
        try await bed.serve(.datagram, "127.0.0.1")
        try await bed.serve(.datagram, "::1")
        let clients = try ["127.0.0.1", "::1"].map {
            try PacketClient(.datagram, to: $0, in: bed.place.namespace)
        }
        for (number, client) in clients.enumerated() { client.send([Command.later.rawValue, UInt8(number)]) }
        await bed.until { service, _ in service.held.count == 2 }
        await bed.perform { service, ports in service.release(ports) { $0.reversed() } }
        for (number, client) in clients.enumerated() { #expect(client.receive() == [0, UInt8(number)]) }
        await bed.thread.stop()
    }

    @Test func `a sender with a link-local address gets its replies, at once and later`() async throws {
        let bed = try PacketTestbed(TestNamespace("server"))
        let remote = try TestNamespace("client")
        // Without its link the address would be looked for on this one.
        try bed.place.run("ip", "link", "add", "first", "up", "type", "veth", "peer", "name", "second")
        try bed.place.run("ip", "link", "set", "second", "up")
        try TestNamespace.join(bed.place, "eth0", remote, "eth0")
        try bed.place.run("ip", "address", "add", "fd00::1/64", "dev", "eth0", "nodad")
        try remote.run("ip", "route", "add", "fd00::/64", "dev", "eth0")
        try remote.run("ip", "address", "add", "fe80::77/64", "dev", "eth0", "nodad")
        let link = try remote.namespace.run { if_nametoindex("eth0") }
        try await bed.serve(.datagram, "fd00::1")
        let client = try PacketClient(
            .datagram,
            to: "fd00::1",
            from: "fe80::77",
            scope: link,
            in: remote.namespace
        )
        client.send([Command.echo.rawValue, 1])
        #expect(client.receive() == [0, 1])
        client.send([Command.later.rawValue, 2])
        await bed.until { service, _ in service.held.count == 1 }
        await bed.perform { service, ports in service.release(ports) }
        #expect(client.receive() == [0, 2])
        await bed.thread.stop()
    }
}
