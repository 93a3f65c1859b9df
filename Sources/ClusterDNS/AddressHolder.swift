import LinuxSystem
import Logging
import Netlink
import NetworkTypes
import Supervision

/// Keeps the addresses on the host and the server's sockets open on them.
struct AddressHolder: Sendable {
    let addresses: [IPAddress]
    let held: HeldAddresses
    let server: DNSServer
    let logger: Logger

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
        let changes = try held.hold(addresses)
        for address in changes.added { logger.log(.info, "address of cluster DNS added", [.address: "\(address)"]) }
        for address in changes.removed { logger.log(.info, "address of cluster DNS removed", [.address: "\(address)"]) }
        var complaints: [String] = []
        for address in addresses {
            for transport in [PacketTransport.datagram, .stream] {
                if let complaint = try open(ServerAddress(address: address, transport: transport)) {
                    complaints.append(complaint)
                }
            }
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
