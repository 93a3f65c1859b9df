import LinuxSystem
import NetworkTypes
import Supervision
import Synchronization

/// An address and port that clients come to.
struct ProxyPlace: Hashable, Sendable {
    let entryPoint: EntryPoint
    let family: AddressFamily
    let port: UInt16

    /// All addresses of the host.
    var address: [UInt8] { [UInt8](repeating: 0, count: family == .ipv4 ? 4 : 16) }
}

extension ProxyPlace: CustomStringConvertible {
    var description: String { family == .ipv4 ? "0.0.0.0:\(port)" : "[::]:\(port)" }
}

/// The sockets that clients come in by. They outlive a run of the ingress, and the process where a service manager keeps
/// them: who comes between two runs waits in them.
final class ProxySockets: Sendable {
    private let store: any DescriptorStore
    private let workers: Int
    private let opened = Mutex<Set<String>>([])
    /// Those of earlier runs that nobody serves yet, by place and number.
    private let adopted = Mutex<[String: [Int: SharedDescriptor]]>([:])

    /// The most threads that any run has had.
    static let mostWorkers = 4

    /// - Parameter workers: how many threads there are.
    init(workers: Int, store: any DescriptorStore) {
        self.workers = workers
        self.store = store
    }

    /// Takes over what earlier runs have left of places, so that nobody closes it as left over.
    func adopt(_ places: [ProxyPlace]) {
        for place in places {
            var found: [Int: SharedDescriptor] = [:]
            for number in 0..<max(workers, Self.mostWorkers) { found[number] = adopt(Self.name(place, number), place) }
            let (key, all) = (place.description, found)
            adopted.withLock { $0[key] = all }
        }
    }

    /// Those of a place, each with a number, that were not opened before: for each thread one at least. Of earlier runs
    /// with more threads there may be more, in which clients wait.
    ///
    /// - Throws: EADDRINUSE if another program has the port.
    func open(_ place: ProxyPlace) throws(SystemCallError) -> [(Int, SharedDescriptor)] {
        let key = place.description
        guard !opened.withLock({ $0.contains(key) }) else { return [] }
        var found: [(Int, SharedDescriptor)] = []
        var new: [(name: String, descriptor: SharedDescriptor)] = []
        let inherited = adopted.withLock { $0[key] } ?? [:]
        for number in 0..<max(workers, Self.mostWorkers) {
            if let descriptor = inherited[number] {
                found.append((number, descriptor))
            } else if number < workers {
                let name = Self.name(place, number)
                let descriptor = try PacketPorts.openServer(.stream, place.address, port: place.port)
                found.append((number, descriptor))
                new.append((name, descriptor))
            }
        }
        for (name, descriptor) in new { store.keep(descriptor, as: name) }
        opened.withLock { _ = $0.insert(key) }
        return found
    }

    private func adopt(_ name: String, _ place: ProxyPlace) -> SharedDescriptor? {
        guard let descriptor = store.adopt(name) else { return nil }
        do throws(SystemCallError) {
            try PacketPorts.adoptServer(descriptor, .stream, place.address, port: place.port)
            return descriptor
        } catch {
            // It is not what its name says.
            store.forget(name)
            return nil
        }
    }

    /// The name in the service manager's store: `http.web.v4.80.0`. A colon may not be in it.
    static func name(_ place: ProxyPlace, _ number: Int) -> String {
        "http.\(place.entryPoint.rawValue).\(place.family == .ipv4 ? "v4" : "v6").\(place.port).\(number)"
    }
}
