package import NetworkTypes

/// Why an address is not called though a name comes to it: who may write names would else reach through the ingress what
/// only the node, or nobody, is to reach.
package enum AddressRefusal: String, Hashable, Sendable, CaseIterable {
    case unspecified = "it stands for no address"
    case loopback = "it is the node itself"
    case linkLocal = "it is for one link alone, as those are that clouds tell machines their secrets at"
    case metadata = "a cloud tells its machines their secrets there"
    case multicast = "it stands for a group"
    case broadcast = "it stands for all hosts"
    case apiServer = "the API server is there"
    case ingress = "the ingress of a node is there, and requests would go in a circle"
}

/// An address that is not called.
package struct RefusedAddress: Hashable, Sendable {
    package let address: IPAddress
    package let refusal: AddressRefusal
}

extension RefusedAddress: CustomStringConvertible {
    /// `127.0.0.1 (it is the node itself)`
    package var description: String { "\(address) (\(refusal.rawValue))" }
}
