package import ClusterState
package import NetworkTypes

/// What routes depend on beside the objects of the cluster.
package struct RouteConfiguration: Hashable, Sendable {
    /// The names of the classes that are served.
    package var classes: Set<String>
    /// This node: endpoints on it are local.
    package var node: NodeName
    /// Whether services of type ExternalName are called.
    package var allowsExternalNames: Bool
    /// Where this node's ingress answers, and those of the other nodes.
    package var ports: Set<UInt16>
    /// Addresses that this node has, whatever is said of it in the cluster.
    package var ownAddresses: Set<IPAddress>
    /// Which addresses of names outside the cluster are called before those of the other family.
    package var firstFamily: AddressFamily
    /// Whether the endpoints of this node go first for all services, and not only for those that say so.
    package var prefersSameNode: Bool
    /// Whether several slashes in a row count as one, in requests as in rules.
    package var mergesSlashes: Bool
    /// Whether requests may have octets that are not ASCII in their targets: to rules they are escaped.
    package var allowsNonASCIIPaths: Bool

    package init(
        classes: Set<String>,
        node: NodeName,
        allowsExternalNames: Bool = false,
        ports: Set<UInt16> = [80, 443],
        ownAddresses: Set<IPAddress> = [],
        firstFamily: AddressFamily = .ipv4,
        prefersSameNode: Bool = false,
        mergesSlashes: Bool = true,
        allowsNonASCIIPaths: Bool = false
    ) {
        self.classes = classes
        self.node = node
        self.allowsExternalNames = allowsExternalNames
        self.ports = ports
        self.ownAddresses = ownAddresses
        self.firstFamily = firstFamily
        self.prefersSameNode = prefersSameNode
        self.mergesSlashes = mergesSlashes
        self.allowsNonASCIIPaths = allowsNonASCIIPaths
    }

    /// Without these no routes are made. Which addresses are nodes' has to be known before any name outside is called.
    package var neededKinds: Set<ObjectKind> {
        allowsExternalNames ? RouteTable.neededKinds.union([.node]) : RouteTable.neededKinds
    }
}
