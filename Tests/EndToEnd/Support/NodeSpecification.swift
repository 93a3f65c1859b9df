/// A node of a test cluster: its Node object and its addresses in the LAN.
///
/// Conventions: LAN 192.168.77.0/24 and fd00:77::/64, router .254 and ::fe; pods 10.42.0.0/16 and fd00:42::/56.
struct NodeSpecification: Sendable {
    var name: String
    var podCIDRs: [String]
    var addresses: [String]
    /// The flags that name an etcd; nil for the cluster's manifests.
    var etcd: [String]?
    /// Whether the agent is told the cluster's networks.
    var isToldNetworks = true
    /// Whether a flag makes the agent log everything; else its file decides.
    var isToldLogLevel = true

    /// The node of this number: 192.168.77.N, 10.42.N.0/24, and so on.
    init(_ name: String, number: Int) {
        self.name = name
        podCIDRs = ["10.42.\(number).0/24", "fd00:42:0:\(number)::/64"]
        addresses = ["192.168.77.\(number)", "fd00:77::\(number)"]
    }

    /// The same node with etcd as its source.
    func with(etcd flags: [String], toldNetworks: Bool = true) -> NodeSpecification {
        var copy = self
        copy.etcd = flags
        copy.isToldNetworks = toldNetworks
        return copy
    }

    static let north = NodeSpecification("north", number: 1)
    static let south = NodeSpecification("south", number: 2)

    /// The Node object as a person writes it.
    var manifest: String {
        """
        apiVersion: v1
        kind: Node
        metadata:
          name: \(name)
        spec:
          podCIDR: \(podCIDRs.first ?? "\"\"")
          podCIDRs: [\(podCIDRs.map { "\"\($0)\"" }.joined(separator: ", "))]
        status:
          addresses:
        \(addresses.map { "    - {type: InternalIP, address: \"\($0)\"}" }.joined(separator: "\n"))

        """
    }
}
