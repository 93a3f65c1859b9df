package import ClusterState
import JSONText
package import NetworkTypes
import YAML

/// What stands beside a lease of ours, under our own prefix.
package struct LeaseExtrasRecord: Hashable, Sendable {
    package var node: NodeName
    package var extras: LeaseExtras
    /// Which machine the node is: two that have one name differ in it. Empty if the value says nothing of it.
    package var instance: String
    /// The addresses that the node's tunnels send from, which differ from its public ones behind address translation.
    package var addresses: PerFamily<IPAddress>
    /// By which others reach the node from outside.
    package var externalAddresses: PerFamily<IPAddress>

    package init(
        node: NodeName,
        instance: String = "",
        extras: LeaseExtras,
        addresses: PerFamily<IPAddress>,
        externalAddresses: PerFamily<IPAddress> = PerFamily()
    ) {
        self.node = node
        self.instance = instance
        self.extras = extras
        self.addresses = addresses
        self.externalAddresses = externalAddresses
    }

    /// Nil if the value names no node.
    package init?(parsing bytes: [UInt8]) {
        guard let document = (try? YAMLReader.documents(in: bytes))?.first,
            let name = document["nodeName"]?.scalar?.text, let node = NodeName(rawValue: name)
        else { return nil }
        let texts = { (key: String) in document[key]?.elements?.compactMap(\.scalar?.text) ?? [] }
        self.node = node
        instance = document["instance"]?.scalar?.text ?? ""
        extras = LeaseExtras(
            agentVersion: document["agentVersion"]?.scalar?.text ?? "",
            readyCapabilities: texts("readyCapabilities"),
            refusedPorts: texts("refusedPorts")
        )
        addresses = Self.addresses(texts("addresses"))
        externalAddresses = Self.addresses(texts("externalAddresses"))
    }

    private static func addresses(_ texts: [String]) -> PerFamily<IPAddress> {
        var addresses = PerFamily<IPAddress>()
        for text in texts {
            guard let address = try? IPAddress(parsing: text) else { continue }
            addresses[address.family] = address
        }
        return addresses
    }

    package var json: String {
        "{\"nodeName\":\(JSONString.quoted(node.rawValue)),\"agentVersion\":\(JSONString.quoted(extras.agentVersion)),"
            + "\"instance\":\(JSONString.quoted(instance)),"
            + "\"readyCapabilities\":\(JSONString.list(extras.readyCapabilities ?? [])),"
            + "\"refusedPorts\":\(JSONString.list(extras.refusedPorts)),"
            + "\"addresses\":\(JSONString.list(addresses.values.map(\.description))),"
            + "\"externalAddresses\":\(JSONString.list(externalAddresses.values.map(\.description)))}"
    }
}
