package import ClusterState

/// A port of a service, as rules refer to it.
package struct BackendKey: Hashable, Sendable {
    package let service: NamespacedName
    package let port: PortReference

    package init(service: NamespacedName, port: PortReference) {
        self.service = service
        self.port = port
    }
}

extension BackendKey: CustomStringConvertible {
    /// `shop/web:http`
    package var description: String { "\(service):\(port.text)" }
}

extension PortReference {
    /// The number or the name.
    var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .name(let name): name
        }
    }
}
