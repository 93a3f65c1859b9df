package import Netlink
package import NetworkTypes

/// The names under which the overlay makes things on the host.
package enum OverlayNames {
    /// The bridge that pods hang on.
    package static let bridge = name("cni0")
    /// The alias of every link that we made. One that was there before and was adopted keeps its own.
    package static let alias = "linnet"
    /// The name of our part of the nft table.
    package static let fragment = "overlay"
    /// The file name of our CNI configuration.
    package static let networkListFile = "10-linnet.conflist"
    /// The name of the pod network, under which host-local's files are found.
    package static let network = "cbr0"

    /// The tunnel of a network identifier over an underlay of this family, by flannel's names.
    package static func tunnel(_ family: AddressFamily, vni: UInt32) -> LinkName {
        switch family {
        case .ipv4: name("flannel.\(vni)")
        case .ipv6: name("flannel-v6.\(vni)")
        }
    }

    // A long VNI makes a name that the kernel refuses. Cut, it is still one of its own on a node with one overlay.
    private static func name(_ text: String) -> LinkName {
        guard let name = LinkName(rawValue: String(text.prefix(15))) else { preconditionFailure("link name '\(text)'") }
        return name
    }
}
