package import Netlink
package import NetworkTypes

/// What ADD made, in terms of the newest version of the protocol.
package struct CNIResult: Hashable, Sendable {
    package struct Interface: Hashable, Sendable {
        package var name: LinkName
        package var address: MACAddress?
        /// In bytes.
        package var mtu: Int?
        /// The file of the namespace it is in; nil for the host.
        package var sandbox: String?

        package init(name: LinkName, address: MACAddress?, mtu: Int?, sandbox: String? = nil) {
            self.name = name
            self.address = address
            self.mtu = mtu
            self.sandbox = sandbox
        }
    }

    package struct Address: Hashable, Sendable {
        package var address: InterfaceAddress
        package var gateway: IPAddress
        /// The place of its interface in the list.
        package var interface: Int

        package init(address: InterfaceAddress, gateway: IPAddress, interface: Int) {
            self.address = address
            self.gateway = gateway
            self.interface = interface
        }
    }

    package struct Route: Hashable, Sendable {
        package var destination: IPPrefix
        package var gateway: IPAddress

        package init(destination: IPPrefix, gateway: IPAddress) {
            self.destination = destination
            self.gateway = gateway
        }
    }

    package var interfaces: [Interface]
    package var addresses: [Address]
    package var routes: [Route]
    package var dns: CNIDNS

    package init(interfaces: [Interface], addresses: [Address], routes: [Route], dns: CNIDNS) {
        self.interfaces = interfaces
        self.addresses = addresses
        self.routes = routes
        self.dns = dns
    }
}

extension CNIResult {
    /// The document for standard output, as that version of the protocol has it.
    package func document(_ version: CNIVersion) -> JSONValue {
        .members([
            ("cniVersion", .string(version.rawValue)),
            ("interfaces", .array(interfaces.map { Self.document($0, version) })),
            ("ips", .array(addresses.map { Self.document($0, version) })),
            ("routes", .array(routes.map(Self.document))),
            ("dns", dns.document),
        ])
    }

    private static func document(_ interface: Interface, _ version: CNIVersion) -> JSONValue {
        .members([
            ("name", .string(interface.name.rawValue)),
            ("mac", interface.address.map { .string($0.description) }),
            ("mtu", version < .v1_1_0 ? nil : interface.mtu.map { .number($0) }),
            ("sandbox", interface.sandbox.map { .string($0) }),
        ])
    }

    private static func document(_ address: Address, _ version: CNIVersion) -> JSONValue {
        .members([
            // Only the versions before 1.0 say what the address says already.
            ("version", version < .v1_0_0 ? .string("\(address.address.family.rawValue)") : nil),
            ("interface", .number(address.interface)),
            ("address", .string(address.address.description)),
            ("gateway", .string(address.gateway.description)),
        ])
    }

    private static func document(_ route: Route) -> JSONValue {
        .members([("dst", .string(route.destination.description)), ("gw", .string(route.gateway.description))])
    }
}
