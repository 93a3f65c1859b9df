import LinuxSystem
import Netlink
import NetworkTypes

/// One pod's cable: all that is needed to lay it.
struct Cable {
    let attachment: CNIAttachment
    let addresses: [InterfaceAddress]
    let gateways: [IPAddress]
    let pod: Pod
    let bridge: Link
    let mtu: Int
    let hairpin: Bool

    init(
        _ attachment: CNIAttachment,
        _ ranges: [AddressRange],
        _ given: [IPAddress],
        _ pod: Pod,
        _ bridge: Link,
        mtu: Int,
        hairpin: Bool
    ) {
        self.attachment = attachment
        addresses = zip(ranges, given).map { $0.interfaceAddress($1) }
        gateways = ranges.map(\.gateway.address)
        self.pod = pod
        self.bridge = bridge
        self.mtu = mtu
        self.hairpin = hairpin
    }

    /// 0a:58 and the last four bytes of the first address: who gets an address after another pod is found at once by
    /// those who remember the first.
    var podLinkAddress: MACAddress {
        MACAddress(
            rawValue: 0x0a58_0000_0000
                | UInt64(truncatingIfNeeded: (addresses.first?.address.number ?? 1) & 0xffff_ffff)
        )
    }

    /// The pair of links. The pod's end is born in the pod: moving one there would take 17 ms.
    var hostOperations: [NetlinkOperation] {
        let name = HostLink.name(of: attachment)
        let request = LinkRequest(
            name: name,
            kind: .veth,
            mtu: mtu,
            isUp: true,
            alias: HostLink.alias(of: attachment),
            master: bridge.index,
            queues: 1,
            peer: VethPeer(
                name: attachment.interface,
                namespaceDescriptor: pod.namespace.rawValue,
                address: podLinkAddress,
                mtu: mtu,
                queues: 1
            )
        )
        return [.createLink(request), .setBridgePort(.name(name), BridgePortChange(hairpin: hairpin))]
    }

    /// What is done inside the pod.
    ///
    /// - Parameter end: the pod's end.
    func podOperations(end: InterfaceIndex) -> [NetlinkOperation] {
        // The kernel gives `lo` the index 1 in every namespace (LOOPBACK_IFINDEX).
        let loopback = InterfaceIndex(1)
        var operations: [NetlinkOperation] = [loopback, end].map { .setLink(.index($0), LinkChange(isUp: true)) }
        operations += addresses.map { address in
            let broadcast = address.family == .ipv4 && address.length < 31 ? address.network.last : nil
            return .addAddress(
                Address(interface: end, address: address, flags: .noDuplicateDetection, broadcast: broadcast)
            )
        }
        // Routes inside a pod are the pod's: they are marked as an administrator's, not as ours.
        operations += gateways.map { gateway in
            let everything = IPPrefix(containing: gateway, length: 0)
            return .addRoute(Route(destination: everything, gateway: gateway, interface: end, routeProtocol: .boot))
        }
        return operations
    }
}
