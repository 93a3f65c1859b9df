import Netlink
import NetworkTypes

// Conventions: pods 10.42/16 and fd00:42::/56, nodes 192.168.0/24 and fd00:1::/64; interface 2 is the underlay, 5 is
// flannel.1, 6 is cni0.

let underlay = InterfaceIndex(2)
let tunnel = InterfaceIndex(5)
let bridge = InterfaceIndex(6)

func name(_ text: String) throws -> LinkName { try LinkName(validating: text) }
func ip(_ text: String) throws -> IPAddress { try IPAddress(parsing: text) }
func prefix(_ text: String) throws -> IPPrefix { try IPPrefix(parsing: text) }
func interface(_ text: String) throws -> InterfaceAddress { try InterfaceAddress(parsing: text) }
func mac(_ text: String) throws -> MACAddress { try MACAddress(parsing: text) }

/// The peer's route as the overlay makes it.
func peerRoute() throws -> Route {
    Route(
        destination: try prefix("10.42.2.0/24"),
        gateway: try ip("10.42.2.0"),
        interface: tunnel,
        isOnLink: true
    )
}

/// flannel.1 as the overlay makes it.
func flannelRequest() throws -> LinkRequest {
    LinkRequest(
        name: try name("flannel.1"),
        kind: .vxlan(VXLAN(vni: 1, link: underlay, local: try ip("192.168.0.1"))),
        mtu: 1450,
        address: try mac("12:c6:65:89:b4:e3")
    )
}

/// Bytes written as hexadecimal text; what follows a number sign on a line is a comment.
func bytes(_ text: String) -> [UInt8] {
    text.split(separator: "\n").flatMap { line in
        line.prefix { $0 != "#" }.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    }
}
