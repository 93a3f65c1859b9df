package import LinuxSystem
import Synchronization

/// The sockets that the clients of a capability come in by: for each thread one of its own, so that the kernel spreads the
/// clients over the threads. They outlive a run of the capability, and the process where a service manager keeps them: what
/// comes between two runs waits in them.
package final class KeptSockets: Sendable {
    /// A socket, and the thread that serves it.
    package struct Seat: Sendable {
        package let worker: Int
        package let descriptor: SharedDescriptor
    }

    private struct State {
        /// Those of earlier runs, by place and number.
        var adopted: [String: [Int: SharedDescriptor]] = [:]
        var opened: [String: [Seat]] = [:]
        var inherited = 0
    }

    private let store: any DescriptorStore
    private let workers: Int
    private let state = Mutex(State())

    /// The most threads that any run has had.
    package static let mostWorkers = 4

    /// - Parameter workers: how many threads there are.
    package init(workers: Int, store: any DescriptorStore) {
        self.workers = workers
        self.store = store
    }

    /// How many of the sockets that are opened were there before.
    package var inherited: Int { state.withLock(\.inherited) }

    /// Takes over what earlier runs have left of a place, so that nobody closes it as left over.
    package func adopt(_ place: ServerPlace) { _ = adopted(place) }

    /// Those of a place, for each thread one at least. Of earlier runs with more threads there may be more, in which clients
    /// wait, or which have clients of their own. The same sockets each time.
    ///
    /// - Throws: EADDRINUSE if another program has the address and port.
    package func open(_ place: ServerPlace) throws(SystemCallError) -> [Seat] {
        let key = place.name
        if let known = state.withLock({ $0.opened[key] }) { return known }
        let adopted = adopted(place)
        var seats: [Seat] = []
        var new: [(number: Int, descriptor: SharedDescriptor)] = []
        for number in 0..<max(workers, Self.mostWorkers) {
            if let descriptor = adopted[number] {
                seats.append(Seat(worker: number % workers, descriptor: descriptor))
            } else if number < workers {
                let descriptor = try PacketPorts.openServer(place.transport, place.address, port: place.port)
                seats.append(Seat(worker: number, descriptor: descriptor))
                new.append((number, descriptor))
            }
        }
        for (number, descriptor) in new { store.keep(descriptor, as: place.name(of: number)) }
        let all = seats
        state.withLock { state in
            state.opened[key] = all
            state.inherited += adopted.count
        }
        return all
    }

    private func adopted(_ place: ServerPlace) -> [Int: SharedDescriptor] {
        let key = place.name
        if let known = state.withLock({ $0.adopted[key] }) { return known }
        var found: [Int: SharedDescriptor] = [:]
        for number in 0..<max(workers, Self.mostWorkers) { found[number] = adopt(place.name(of: number), place) }
        let all = found
        state.withLock { $0.adopted[key] = all }
        return all
    }

    private func adopt(_ name: String, _ place: ServerPlace) -> SharedDescriptor? {
        guard let descriptor = store.adopt(name) else { return nil }
        do throws(SystemCallError) {
            try PacketPorts.adoptServer(descriptor, place.transport, place.address, port: place.port)
            return descriptor
        } catch {
            // It is not what its name says.
            store.forget(name)
            return nil
        }
    }
}

/// Where clients come in.
package struct ServerPlace: Sendable {
    /// What its sockets are called in the service manager's store, each with its number behind it. A colon may not be in it.
    let name: String
    let transport: PacketTransport
    /// 4 or 16 octets.
    let address: [UInt8]
    let port: UInt16

    package init(_ name: String, _ transport: PacketTransport, _ address: [UInt8], port: UInt16) {
        self.name = name
        self.transport = transport
        self.address = address
        self.port = port
    }

    package func name(of number: Int) -> String { "\(name).\(number)" }
}
