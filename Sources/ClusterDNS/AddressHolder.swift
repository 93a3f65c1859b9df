import LinuxSystem
import Logging
import Netlink
import NetworkTypes
import Supervision
import Synchronization

/// Keeps the addresses on the host and the server's sockets open on them.
final class AddressHolder: Sendable {
    private let addresses: [IPAddress]
    private let held: HeldAddresses
    private let server: DNSServer
    private let logger: Logger
    private let isHolding = Atomic(false)

    init(addresses: [IPAddress], held: HeldAddresses, server: DNSServer, logger: Logger) {
        self.addresses = addresses
        self.held = held
        self.server = server
        self.logger = logger
    }

    /// The addresses that queries come in by over UDP and TCP both.
    var served: [IPAddress] {
        guard isHolding.load(ordering: .relaxed) else { return [] }
        return addresses.filter { address in ServerAddress.all(of: address).allSatisfy(server.serves) }
    }

    /// Whether what the kernel tells may be about one of the addresses.
    func mayChange(with notification: NetlinkNotification) -> Bool {
        switch notification {
        case .addressRemoved(let address): addresses.contains(address.address.address)
        case .resynchronise: true
        default: false
        }
    }

    /// Returns what could not be had, as a text that says by whom it is held.
    func pass() throws -> String? {
        isHolding.store(false, ordering: .relaxed)
        let changes = try held.hold(addresses)
        isHolding.store(true, ordering: .relaxed)
        for address in changes.added { logger.log(.info, "address of cluster DNS added", [.address: "\(address)"]) }
        for address in changes.removed { logger.log(.info, "address of cluster DNS removed", [.address: "\(address)"]) }
        var complaints: [String] = []
        for place in addresses.flatMap(ServerAddress.all) {
            if let complaint = try open(place) { complaints.append(complaint) }
        }
        return complaints.isEmpty ? nil : complaints.joined(separator: "; ")
    }

    /// Returns who holds the address and port, if that is why it cannot be served.
    private func open(_ place: ServerAddress) throws(SystemCallError) -> String? {
        do throws(SystemCallError) {
            try server.open(place)
            return nil
        } catch {
            guard error.errno == .addressInUse else { throw error }
            let holder = SocketHolder.ofPort(ServerAddress.port, place.address.bytes, place.transport)?.description
            return
                "\(place) is held by \(holder ?? "another program"): stop it, or disable \(CapabilityName.clusterDNS)"
        }
    }
}
