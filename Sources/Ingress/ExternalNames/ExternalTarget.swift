import ClusterState
import NetworkTypes

/// What a service of type ExternalName stands for.
enum ExternalTarget: Hashable, Sendable {
    case name(ExternalName)
    /// Kubernetes lets an address stand in place of a name, and so do we.
    case address(IPAddress)

    /// Nil if the text is neither a name nor an address.
    init?(_ text: String) {
        if let address = try? IPAddress(parsing: text) {
            self = .address(address)
        } else if let name = ExternalName(text) {
            self = .name(name)
        } else {
            return nil
        }
    }

    /// The target of a service; nil if it is of another type, or names nothing.
    init?(of service: Service) {
        guard service.type == .externalName, let text = service.externalName else { return nil }
        self.init(text)
    }

    /// Nil if no name has to be found.
    var name: ExternalName? {
        if case .name(let name) = self { name } else { nil }
    }
}

extension ExternalTarget: CustomStringConvertible {
    var description: String {
        switch self {
        case .name(let name): name.text
        case .address(let address): address.description
        }
    }
}
