import LinuxSystem
import Netlink
import NetworkTypes

extension PodNetworkPlugin {
    /// Attaches a pod: addresses, a cable from the bridge into its namespace, default routes. What a failing step
    /// leaves is undone, the last step first.
    ///
    /// - Parameters:
    ///   - namespace: the file of the container's namespace.
    ///   - arguments: the pairs of `CNI_ARGS`.
    package func add(
        _ attachment: CNIAttachment,
        namespace: String,
        arguments: [String: String]
    ) throws(CNIError) -> CNIResult {
        let subnet = try NodeSubnet.read(configuration.subnetFile)
        let bridge = try bridge()
        let pod = try Pod(namespace, besides: kernel)
        let ranges = subnet.gateways.values.map { AddressRange($0) }
        let requested = try requestedAddresses(arguments, ranges)
        try refuseSecond(attachment)
        let given = try addresses.reserve(for: attachment, from: ranges, asking: requested)
        do throws(CNIError) {
            let cable = Cable(attachment, ranges, given, pod, bridge, mtu: subnet.mtu, hairpin: configuration.isHairpin)
            let host = try lay(cable)
            try keepAddresses(cable)
            try claimHostPorts(cable, arguments)
            let dns = configuration.dns.searching(
                namespace: arguments["K8S_POD_NAMESPACE"],
                clusterDomain: configuration.clusterDomain
            )
            return result(of: cable, host, dns)
        } catch {
            attempt("its addresses stay reserved until DEL", attachment) { try addresses.release(attachment) }
            throw error
        }
    }

    /// From the moment that the link is there, nobody takes the addresses for left over; before, somebody may have.
    private func keepAddresses(_ cable: Cable) throws(CNIError) {
        do throws(CNIError) {
            try addresses.confirm(cable.addresses.map(\.address), of: cable.attachment)
        } catch {
            removeIfMade(cable, unless: nil)
            throw error
        }
    }

    private func claimHostPorts(_ cable: Cable, _ arguments: [String: String]) throws(CNIError) {
        guard !configuration.portMappings.isEmpty else { return }
        do throws(CNIError) {
            let record = hostPortRecord(of: cable.attachment, cable.addresses.map(\.address), arguments)
            for shortcoming in try hostPorts.claim(record) { warn(shortcoming) }
        } catch {
            removeIfMade(cable, unless: nil)
            throw error
        }
    }

    /// The record of the host ports that the configuration asks for.
    func hostPortRecord(
        of attachment: CNIAttachment,
        _ addresses: [IPAddress],
        _ arguments: [String: String] = [:]
    ) -> HostPortRecord {
        let names = ["K8S_POD_NAMESPACE", "K8S_POD_NAME"].compactMap { arguments[$0] }.filter { !$0.isEmpty }
        return HostPortRecord(
            attachment: attachment,
            network: configuration.network,
            pod: names.isEmpty ? nil : names.joined(separator: "/"),
            addresses: addresses,
            mappings: configuration.portMappings
        )
    }

    private func requestedAddresses(
        _ arguments: [String: String],
        _ ranges: [AddressRange]
    ) throws(CNIError) -> [IPAddress] {
        let texts = arguments["IP", default: ""].split(separator: ",").map { String($0) }
        let requested =
            try configuration.requestedAddresses
            + CNIConfiguration.addresses(texts, in: "IP in CNI_ARGS", code: .invalidEnvironment)
        for (place, address) in requested.enumerated() {
            guard ranges.contains(where: { $0.subnet.family == address.family }) else {
                throw CNIError(
                    .invalidConfiguration,
                    "the address \(address) was asked for, but this node has no \(address.family) subnet"
                )
            }
            guard !requested[..<place].contains(where: { $0.family == address.family && $0 != address }) else {
                throw CNIError(
                    .invalidConfiguration,
                    "more than one \(address.family) address was asked for: a pod gets one of each family"
                )
            }
        }
        return requested
    }

    private func refuseSecond(_ attachment: CNIAttachment) throws(CNIError) {
        let name = HostLink.name(of: attachment)
        let existing: Link?
        do throws(NetlinkError) {
            existing = try kernel.network.link(named: name)
        } catch {
            throw CNIError("look for \(name)", error, code: .kernel)
        }
        guard existing != nil else { return }
        throw CNIError(
            .inputOutput,
            "\(attachment.interface) of container \(attachment.container) is attached already: its link is \(name)",
            details: "call DEL before ADD is called again"
        )
    }
}

// MARK: - Steps

extension PodNetworkPlugin {
    /// Returns the host's end.
    private func lay(_ cable: Cable) throws(CNIError) -> Link {
        let step = "attach container \(cable.attachment.container) to \(cable.bridge.name)"
        do {
            try perform(cable.hostOperations)
        } catch {
            removeIfMade(cable, unless: error)
            throw CNIError(step, error, code: .kernel, details: remedy(error, cable))
        }
        do {
            try setUp(cable)
            return try waitForCarrier(cable)
        } catch {
            removeIfMade(cable, unless: nil)
            throw CNIError(step, error, code: .kernel)
        }
    }

    private func setUp(_ cable: Cable) throws {
        let families = cable.addresses.map(\.family)
        let settings = Pod.settings(of: cable.attachment.interface, families: families)
        let network = try cable.pod.open(settings: settings)
        guard let end = try network.link(named: cable.attachment.interface) else {
            throw CNIError(.kernel, "\(cable.attachment.interface) vanished from \(cable.pod.path)")
        }
        let operations = cable.podOperations(end: end.index)
        for case let failure? in network.perform(operations) { throw failure }
        if families.contains(.ipv6) {
            // A bridge's port that takes router advertisements would give the host addresses of the pod's choosing.
            let name = HostLink.name(of: cable.attachment)
            attempt("the node's end \(name) takes router advertisements of the pod", cable.attachment) {
                do {
                    try kernel.setSysctl(SysctlName("net/ipv6/conf/\(name)/accept_ra"), to: "0")
                } catch let error as SystemCallError where error.errno == .noEntry {
                    // The kernel has no IPv6 on this link, which is as good.
                }
            }
        }
    }

    /// Says what comes of it if the step fails, for which the command must not fail, or fails already.
    private func attempt(_ consequence: String, _ attachment: CNIAttachment, _ step: () throws -> Void) {
        do {
            try step()
        } catch {
            warn("\(attachment.interface) of container \(attachment.container): \(consequence): \(error)")
        }
    }

    /// The bridge forwards nothing to a port before the kernel calls it up.
    private func waitForCarrier(_ cable: Cable) throws -> Link {
        let name = HostLink.name(of: cable.attachment)
        for attempt in 0...4 {
            guard let link = try kernel.network.link(named: name) else {
                throw CNIError(.kernel, "\(name) vanished", details: "the container's namespace has ended meanwhile")
            }
            if link.operationalState == .up { return link }
            guard attempt < 4 else { break }
            // 5, 50, 500 ms and 2 s; the link's own end would be noticed at once.
            let monitor = try NetlinkMonitor.open(groups: [.link], receiveBuffer: 1 << 20)
            let limits: [Duration] = [.milliseconds(5), .milliseconds(50), .milliseconds(500), .seconds(2)]
            _ = try monitor.waitForRemoval(of: link.index, limit: limits[attempt])
        }
        throw CNIError(.kernel, "\(name) has no carrier", details: "is something taking links down in the pod?")
    }

    private func perform(_ operations: [NetlinkOperation]) throws(NetlinkError) {
        for case let failure? in kernel.network.perform(operations) { throw failure }
    }

    private func removeIfMade(_ cable: Cable, unless failure: NetlinkError?) {
        // What was there before is not ours to remove.
        if failure?.alreadyExists == true { return }
        attempt("its link stays until DEL", cable.attachment) {
            if let link = try kernel.hostLink(of: cable.attachment) { try kernel.remove(link) }
        }
    }

    private func remedy(_ error: NetlinkError, _ cable: Cable) -> String {
        error.alreadyExists ? "is there an interface \(cable.attachment.interface) in \(cable.pod.path) already?" : ""
    }

    private func result(of cable: Cable, _ host: Link, _ dns: CNIDNS) -> CNIResult {
        .init(
            interfaces: [
                .init(name: cable.bridge.name, address: cable.bridge.address, mtu: cable.bridge.mtu),
                .init(name: host.name, address: host.address, mtu: host.mtu),
                .init(
                    name: cable.attachment.interface,
                    address: cable.podLinkAddress,
                    mtu: cable.mtu,
                    sandbox: cable.pod.path
                ),
            ],
            addresses: zip(cable.addresses, cable.gateways).map { .init(address: $0, gateway: $1, interface: 2) },
            routes: cable.gateways.map { .init(destination: IPPrefix(containing: $0, length: 0), gateway: $0) },
            dns: dns
        )
    }
}
