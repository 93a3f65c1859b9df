package import Netlink
package import NetworkTypes

/// A thing of the overlay's that somebody else may change.
package enum OverlayObject: Hashable, Sendable {
    case link(LinkName)
    case address(InterfaceAddress)
    case route(IPPrefix)
    case neighbour(IPAddress)
    case forwardingEntry(MACAddress)
    /// A kernel setting, by its path below /proc/sys.
    case setting(String)
    /// A file or a directory of files, by its path.
    case file(String)
    /// What changed is not known.
    case everything
}

extension OverlayObject: CustomStringConvertible {
    package var description: String {
        switch self {
        case .link(let name): "link \(name)"
        case .address(let address): "address \(address)"
        case .route(let destination): "route \(destination)"
        case .neighbour(let address): "neighbour \(address)"
        case .forwardingEntry(let address): "forwarding entry \(address)"
        case .setting(let path): "setting \(path)"
        case .file(let path): "file \(path)"
        case .everything: "anything"
        }
    }
}
