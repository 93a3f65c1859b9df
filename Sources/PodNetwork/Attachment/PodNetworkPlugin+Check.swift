import Netlink
import NetworkTypes

extension PodNetworkPlugin {
    /// Throws what is no longer as ADD answered.
    package func check(_ attachment: CNIAttachment, namespace: String) throws(CNIError) {
        guard let previous = configuration.previousResult else {
            throw CNIError(.invalidConfiguration, "the configuration for CHECK has no 'prevResult'")
        }
        let expected = try Expectation(previous, attachment, namespace)
        let bridge = try bridge()
        let pod = try Pod(namespace, besides: kernel)
        do {
            try checkHost(attachment, expected, bridge)
            try checkPod(attachment, expected, try pod.open())
            try checkReservations(attachment, expected)
            if !configuration.portMappings.isEmpty {
                let own = expected.addresses.map(\.address)
                try hostPorts.check(hostPortRecord(of: attachment, own))
            }
        } catch {
            throw CNIError("check container \(attachment.container)", error, code: .kernel)
        }
    }

    private func checkHost(_ attachment: CNIAttachment, _ expected: Expectation, _ bridge: Link) throws {
        let name = expected.hostLink(besides: bridge.name) ?? HostLink.name(of: attachment)
        guard let link = try kernel.network.link(named: name), link.kind == .veth else {
            throw damage(attachment, "\(name) is missing")
        }
        guard link.master == bridge.index else { throw damage(attachment, "\(name) is no port of \(bridge.name)") }
        guard link.isUp else { throw damage(attachment, "\(name) is down") }
    }

    private func checkPod(_ attachment: CNIAttachment, _ expected: Expectation, _ network: NetlinkSocket) throws {
        let name = attachment.interface
        guard let link = try network.link(named: name) else { throw damage(attachment, "\(name) is missing") }
        guard link.isUp else { throw damage(attachment, "\(name) is down") }
        if let address = expected.linkAddress, link.address != address {
            throw damage(
                attachment,
                "\(name) has the MAC address \(link.address?.description ?? "none"), not \(address)"
            )
        }
        let present = try network.addresses(of: link.index).map(\.address)
        for address in expected.addresses where !present.contains(address) {
            throw damage(attachment, "\(name) has lost the address \(address)")
        }
        let routes = try network.routes(RouteFilter(interface: link.index))
        for (destination, gateway) in expected.routes
        where !routes.contains(where: { $0.destination == destination && $0.gateway == gateway }) {
            let way = gateway.map { " via \($0)" } ?? ""
            throw damage(attachment, "the route to \(destination)\(way) is missing")
        }
    }

    private func checkReservations(_ attachment: CNIAttachment, _ expected: Expectation) throws(CNIError) {
        let own = try addresses.reservations().filter { $0.isOf(attachment) }.map(\.address)
        for address in expected.addresses where !own.contains(address.address) {
            throw damage(attachment, "the address \(address.address) is not reserved in \(addresses.directory)")
        }
    }

    private func damage(_ attachment: CNIAttachment, _ text: String) -> CNIError {
        CNIError(
            .attachmentDamaged,
            "\(attachment.interface) of container \(attachment.container): \(text)",
            details: "delete the pod: its successor gets a new attachment"
        )
    }
}

/// What ADD answered of one interface, plugins after it included.
private struct Expectation {
    var linkAddress: MACAddress?
    /// The interfaces that are not in the pod: the bridge and, of whatever name, the host's end.
    var hostInterfaces: [LinkName] = []
    var addresses: [InterfaceAddress] = []
    var routes: [(destination: IPPrefix, gateway: IPAddress?)] = []

    init(_ result: JSONValue, _ attachment: CNIAttachment, _ namespace: String) throws(CNIError) {
        do {
            for interface in try result.list("interfaces") ?? [] {
                let name = try LinkName(validating: try interface.string("name") ?? "")
                switch try interface.string("sandbox") {
                case nil, ""?: hostInterfaces.append(name)
                case namespace? where name == attachment.interface:
                    linkAddress = try interface.string("mac").map { try MACAddress(parsing: $0) }
                default: break
                }
            }
            for address in try result.list("ips") ?? [] {
                addresses.append(try InterfaceAddress(parsing: try address.string("address") ?? ""))
            }
            for route in try result.list("routes") ?? [] {
                let gateway = try route.string("gw").map { try IPAddress(parsing: $0) }
                routes.append((try IPPrefix(parsing: try route.string("dst") ?? ""), gateway))
            }
        } catch {
            throw CNIError("'prevResult' in the configuration", error, code: .undecodable)
        }
    }

    /// The host's end as ADD named it, which may have been CNI's `bridge` plugin.
    func hostLink(besides bridge: LinkName) -> LinkName? { hostInterfaces.first { $0 != bridge } }
}
