import LinuxSystem
import NetworkTypes
import Supervision
import Synchronization

/// The sockets that queries come in by. They outlive a run of cluster DNS, and the process where a service manager keeps
/// them: what comes between two runs waits in them.
final class ServerSockets: Sendable {
    /// A socket, and the thread that serves it.
    struct Place: Sendable {
        let worker: Int
        let socket: ServerSocket
    }

    private struct State {
        /// By the text of their address: Swift 6.3 misplaces an address that a closure of `withLock` captures.
        var opened: [String: [Place]] = [:]
        var inherited = 0
    }

    private let store: any DescriptorStore
    private let workers: Int
    private let state = Mutex(State())

    /// - Parameter workers: how many threads there are.
    init(workers: Int, store: any DescriptorStore) {
        self.workers = workers
        self.store = store
    }

    /// The most threads that any run has had.
    static let mostWorkers = 4

    /// How many of the sockets were there before.
    var inherited: Int { state.withLock(\.inherited) }

    /// Those of an address, for each thread one at least. Of earlier runs with more threads there may be more, which have
    /// clients of their own and so are served on.
    ///
    /// - Throws: EADDRINUSE if another program has the address and port.
    func open(_ address: ServerAddress) throws(SystemCallError) -> [Place] {
        let key = address.description
        if let known = state.withLock({ $0.opened[key] }) { return known }
        var places: [Place] = []
        var opened: [(name: String, descriptor: SharedDescriptor)] = []
        for number in 0..<max(workers, Self.mostWorkers) {
            let name = Self.name(address, number)
            let descriptor: SharedDescriptor
            if let adopted = adopt(name, address) {
                descriptor = adopted
            } else if number < workers {
                descriptor = try PacketPorts.openServer(
                    address.transport,
                    address.address.bytes,
                    port: ServerAddress.port
                )
                opened.append((name, descriptor))
            } else {
                continue
            }
            let socket = ServerSocket(descriptor: descriptor, transport: address.transport)
            places.append(Place(worker: number % workers, socket: socket))
        }
        for (name, descriptor) in opened { store.keep(descriptor, as: name) }
        let (all, inherited) = (places, places.count - opened.count)
        state.withLock { state in
            state.opened[key] = all
            state.inherited += inherited
        }
        return all
    }

    private func adopt(_ name: String, _ address: ServerAddress) -> SharedDescriptor? {
        guard let descriptor = store.adopt(name) else { return nil }
        do throws(SystemCallError) {
            try PacketPorts.adoptServer(
                descriptor,
                address.transport,
                address.address.bytes,
                port: ServerAddress.port
            )
            return descriptor
        } catch {
            // It is not what its name says.
            store.forget(name)
            return nil
        }
    }

    /// The name in the service manager's store: `dns.udp.10-43-0-10.0`. A colon may not be in it.
    static func name(_ address: ServerAddress, _ number: Int) -> String {
        let transport = address.transport == .datagram ? "udp" : "tcp"
        let label = String(decoding: DashedAddress.label(of: address.address), as: UTF8.self)
        return "dns.\(transport).\(label).\(number)"
    }
}
