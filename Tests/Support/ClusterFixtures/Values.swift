package import ClusterState
package import NetworkTypes

// Values from literals: a literal that is wrong ends the test run.

package func nodeName(_ text: String) -> NodeName {
    guard let name = NodeName(rawValue: text) else { preconditionFailure("node name \(text)") }
    return name
}

package func address(_ text: String) -> IPAddress {
    do { return try IPAddress(parsing: text) } catch { preconditionFailure("\(error)") }
}

package func network(_ text: String) -> IPPrefix {
    do { return try IPPrefix(parsing: text) } catch { preconditionFailure("\(error)") }
}

package func hardwareAddress(_ text: String) -> MACAddress {
    do { return try MACAddress(parsing: text) } catch { preconditionFailure("\(error)") }
}

/// Node number N (0…255) has the pods 10.42.N.0/24 and fd00:42:0:N::/64 and the addresses 192.0.2.N and 2001:db8::N.
package func fixtureNode(_ number: Int, name: String? = nil) -> Node {
    let hex = String(number, radix: 16)
    let addresses = PerFamily(v4: address("192.0.2.\(number)"), v6: address("2001:db8::\(hex)"))
    return Node(
        name: nodeName(name ?? "node-\(number)"),
        podCIDRs: PerFamily(v4: network("10.42.\(number).0/24"), v6: network("fd00:42:0:\(hex)::/64")),
        internalAddresses: addresses,
        publicAddresses: addresses
    )
}

/// The lease of `fixtureNode(number)`.
package func fixtureLease(_ number: Int) -> NodeLease {
    let node = fixtureNode(number)
    return NodeLease(
        node: node.name,
        podCIDRs: node.podCIDRs,
        underlay: node.internalAddresses,
        publicAddresses: node.publicAddresses,
        vtep: PerFamily(
            v4: VTEPAddress.derived(for: node.name, vni: 1, family: .ipv4),
            v6: VTEPAddress.derived(for: node.name, vni: 1, family: .ipv6)
        ),
        externalAddresses: PerFamily(v4: address("203.0.113.\(number)"))
    )
}
