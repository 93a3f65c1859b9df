package import LinuxSystem
package import Netlink
import NetworkTypes
import PodNetwork

/// What on the node is still for the plugin to take back.
package struct PluginUse: Hashable, Sendable {
    /// The files of addresses that are given.
    package var reservations: [String]
    /// Who has host ports, by what the records say.
    package var holders: [Holder]

    /// A pod with host ports.
    package struct Holder: Hashable, Sendable {
        /// Its name for people.
        package let name: String
        /// The node's end of its cable.
        package let link: LinkName
    }

    package var isEmpty: Bool { reservations.isEmpty && holders.isEmpty }

    /// Looks at the files of the plugin.
    ///
    /// - Parameters:
    ///   - addresses: the directory of the pod network's addresses.
    ///   - hostPorts: the directory of the records of host ports.
    package static func read(addresses: String, hostPorts: String) throws(SystemCallError) -> PluginUse {
        let records = try HostPortRecords(directory: hostPorts).read().records
        return PluginUse(
            reservations: try reservations(in: addresses),
            holders: records.map { Holder(name: $0.holder, link: HostLink.name(of: $0.attachment)) }
        )
    }

    /// The addresses that have a file of their own there.
    private static func reservations(in directory: String) throws(SystemCallError) -> [String] {
        do throws(SystemCallError) {
            let names = try Files.list(directory)
            return names.filter { (try? IPAddress(parsing: $0)) != nil }.map { "\(directory)/\($0)" }
        } catch  where error.errno == .noEntry {
            return []
        }
    }
}
