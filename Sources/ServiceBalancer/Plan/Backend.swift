package import NetworkTypes

/// Where a service's connections are sent.
package struct Backend: Hashable, Sendable, Comparable {
    package var address: IPAddress
    /// 1…65535.
    package var port: UInt16
    /// It is on this node.
    package var isLocal: Bool

    package init(_ address: IPAddress, _ port: UInt16, isLocal: Bool = false) {
        self.address = address
        self.port = port
        self.isLocal = isLocal
    }

    package static func < (left: Backend, right: Backend) -> Bool {
        left.address == right.address ? left.port < right.port : left.address < right.address
    }
}

extension Backend: CustomStringConvertible {
    /// `10.42.0.5:8080`, `[fd00::5]:8080`
    package var description: String {
        switch address {
        case .v4(let address): "\(address):\(port)"
        case .v6(let address): "[\(address)]:\(port)"
        }
    }
}
