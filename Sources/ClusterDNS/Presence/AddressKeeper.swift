import LinuxSystem
import Logging
import Netlink
import NetworkTypes
import Supervision
import Synchronization

/// Keeps the addresses on the host and the server's sockets open on them.
final class AddressKeeper: Sendable {
    private let addresses: [IPAddress]
    private let loopback: LoopbackAddresses
    private let server: DNSServer
    private let logger: Logger
    /// The addresses that the host has.
    private let present = Mutex<Set<IPAddress>>([])

    init(addresses: [IPAddress], loopback: LoopbackAddresses, server: DNSServer, logger: Logger) {
        self.addresses = addresses
        self.loopback = loopback
        self.server = server
        self.logger = logger
    }

    /// The addresses that queries come in by over UDP and TCP both.
    var served: [IPAddress] {
        let present = present.withLock { $0 }
        return addresses.filter { address in
            present.contains(address) && ServerAddress.all(of: address).allSatisfy(server.serves)
        }
    }

    /// Whether all that the host takes is served; false before it has taken any.
    var isServing: Bool {
        let present = present.withLock { $0 }
        return !present.isEmpty && present.isSubset(of: served)
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
        let changes: LoopbackAddresses.Changes
        do {
            changes = try loopback.hold(addresses)
        } catch {
            present.withLock { $0 = [] }
            throw error
        }
        present.withLock { $0 = Set(addresses).subtracting(changes.refused.keys) }
        for address in changes.added { logger.log(.info, "address of cluster DNS added", [.address: "\(address)"]) }
        for address in changes.removed { logger.log(.info, "address of cluster DNS removed", [.address: "\(address)"]) }
        var complaints = changes.refused.sorted { $0.key < $1.key }.map { address, error in
            "the host does not take \(address): \(error)" + (address.family == .ipv6 ? Self.remedy : "")
        }
        for place in addresses.flatMap(ServerAddress.all) {
            if let complaint = open(place) { complaints.append(complaint) }
        }
        return complaints.isEmpty ? nil : complaints.joined(separator: "; ")
    }

    private static let remedy = "; switch IPv6 on for lo (net.ipv6.conf.lo.disable_ipv6), or leave the address out"

    /// Returns why it cannot be served, and who holds the address and port if that is it.
    private func open(_ place: ServerAddress) -> String? {
        do throws(SystemCallError) {
            try server.open(place)
            return nil
        } catch {
            guard error.errno == .addressInUse else { return "\(place) cannot be served: \(error)" }
            let holder = SocketHolder.ofPort(ServerAddress.port, place.address.bytes, place.transport)?.description
            return
                "\(place) is held by \(holder ?? "another program"): stop it, or disable \(CapabilityName.clusterDNS)"
        }
    }
}
