import Glibc
import LinuxSystem
import NetworkNamespaces
import Supervision
import Synchronization
import Testing

/// The sockets of a server over restarts: on 192.0.2.53, which need not be on the host.
@Suite struct KeptSocketsKernelTests {
    private let place: TestNamespace
    private let store = MemoryStore()

    init() throws {
        place = try TestNamespace("sockets")
    }

    private static let server = ServerPlace("dns.udp.192-0-2-53", .datagram, [192, 0, 2, 53], port: 53)

    /// What a run with so many threads has: the numbers of its sockets' descriptors by thread, and how many were there.
    private func run(workers: Int) throws -> (sockets: [Int: [Int32]], inherited: Int) {
        let sockets = KeptSockets(workers: workers, store: store)
        let seats = try place.namespace.run { try sockets.open(Self.server) }
        let byWorker = Dictionary(grouping: seats, by: \.worker)
        return (byWorker.mapValues { $0.map(\.descriptor.rawValue) }, sockets.inherited)
    }

    @Test func `the next run has the same sockets`() throws {
        let first = try run(workers: 2)
        #expect(first.inherited == 0)
        #expect(store.names == ["dns.udp.192-0-2-53.0", "dns.udp.192-0-2-53.1"])
        let second = try run(workers: 2)
        #expect(second.inherited == 2)
        #expect(second.sockets == first.sockets)
    }

    @Test func `what was adopted early is what is opened, each time`() throws {
        let first = try run(workers: 1)
        let sockets = KeptSockets(workers: 1, store: store)
        sockets.adopt(Self.server)
        for _ in 0..<2 {
            #expect(try sockets.open(Self.server).map(\.descriptor.rawValue) == first.sockets[0])
            #expect(sockets.inherited == 1)
        }
    }

    @Test func `more threads get sockets of their own, fewer serve those of the others`() throws {
        let first = try run(workers: 1)
        let second = try run(workers: 3)
        #expect(second.inherited == 1)
        #expect(second.sockets[0] == first.sockets[0])
        #expect(second.sockets.mapValues(\.count) == [0: 1, 1: 1, 2: 1])
        let third = try run(workers: 2)
        #expect(third.inherited == 3)
        #expect(third.sockets.mapValues(\.count) == [0: 2, 1: 1])
    }

    @Test(
        arguments: [
            (PacketTransport.datagram, [127, 0, 0, 1], UInt16(53)),
            (.datagram, [192, 0, 2, 53], 54),
            (.stream, [192, 0, 2, 53], 53),
        ] as [(PacketTransport, [UInt8], UInt16)]
    )
    func `a socket that is not what its name says is replaced`(
        transport: PacketTransport,
        address: [UInt8],
        port: UInt16
    ) throws {
        let other = try place.namespace.run { try PacketPorts.openServer(transport, address, port: port) }
        store.keep(other, as: "dns.udp.192-0-2-53.0")
        let first = try run(workers: 1)
        #expect(first.inherited == 0)
        #expect(first.sockets[0] != [other.rawValue])
        #expect(store.adopt("dns.udp.192-0-2-53.0")?.rawValue == first.sockets[0]?.first)
    }

    @Test func `no socket at all is replaced`() throws {
        let file = try systemCall("open") { open("/dev/null", O_RDONLY | O_CLOEXEC) }
        store.keep(SharedDescriptor(adopting: file), as: "dns.udp.192-0-2-53.0")
        #expect(try run(workers: 1).inherited == 0)
    }
}

/// Keeps descriptors as a service manager does, for as long as it lives.
private final class MemoryStore: DescriptorStore {
    private let kept = Mutex<[String: SharedDescriptor]>([:])

    var names: [String] { kept.withLock { $0.keys.sorted() } }

    @discardableResult
    func keep(_ descriptor: SharedDescriptor, as name: String) -> Bool {
        kept.withLock { $0[name] = descriptor }
        return true
    }

    func adopt(_ name: String) -> SharedDescriptor? { kept.withLock { $0[name] } }

    func forget(_ name: String) { kept.withLock { _ = $0.removeValue(forKey: name) } }

    func discardRest() -> [String] { [] }
}
