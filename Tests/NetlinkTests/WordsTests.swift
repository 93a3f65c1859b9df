import LinuxSystem
import NetworkTypes
import Testing

@testable import Netlink

/// Operations as the commands that do the same, and refusals as people read them.
@Suite struct WordsTests {
    private func named(_ index: InterfaceIndex) -> String {
        switch index {
        case underlay: "eth0"
        case tunnel: "flannel.1"
        case bridge: "cni0"
        default: index.description
        }
    }

    static func operations() throws -> [(NetlinkOperation, String)] {
        let neighbour = Neighbour(
            interface: tunnel,
            address: try ip("10.42.2.0"),
            linkAddress: try mac("12:c6:65:89:b4:e3")
        )
        let entry = ForwardingEntry(
            interface: tunnel,
            linkAddress: try mac("12:c6:65:89:b4:e3"),
            destination: try ip("192.168.0.2")
        )
        let address = Address(interface: bridge, address: try interface("10.42.1.1/24"))
        let veth = LinkRequest(
            name: try name("veth0"),
            kind: .veth,
            mtu: 1450,
            isUp: true,
            master: bridge,
            peer: VethPeer(name: try name("eth0"), namespaceDescriptor: 9, mtu: 1450)
        )
        let blackhole = Route(destination: try prefix("10.42.1.0/24"), type: .blackhole, metric: 4_294_967_295)
        return [
            (
                .createLink(try flannelRequest()),
                "ip link add flannel.1 address 12:c6:65:89:b4:e3 mtu 1450 type vxlan id 1 local 192.168.0.1 dev eth0 "
                    + "dstport 8472 nolearning"
            ),
            (
                .createLink(veth),
                "ip link add veth0 mtu 1450 master cni0 up type veth peer name eth0 mtu 1450 netns /proc/self/fd/9"
            ),
            (.deleteLink(.index(tunnel)), "ip link delete flannel.1"),
            (.deleteLink(.name(try name("veth0"))), "ip link delete veth0"),
            (.setLink(.index(tunnel), LinkChange(isUp: true, mtu: 1400)), "ip link set flannel.1 up mtu 1400"),
            (
                .setLink(.index(bridge), LinkChange(isUp: false, master: LinkChange.Master.none)),
                "ip link set cni0 down nomaster"
            ),
            (
                .setBridgePort(.name(try name("veth0")), BridgePortChange(hairpin: true, isolated: false)),
                "bridge link set dev veth0 hairpin on isolated off"
            ),
            (.addAddress(address), "ip address add 10.42.1.1/24 dev cni0"),
            (.deleteAddress(address), "ip address delete 10.42.1.1/24 dev cni0"),
            (
                .replaceRoute(try peerRoute()),
                "ip route replace 10.42.2.0/24 via 10.42.2.0 dev flannel.1 proto 76 onlink"
            ),
            (.addRoute(blackhole), "ip route add blackhole 10.42.1.0/24 proto 76 metric 4294967295"),
            (
                .replaceNeighbour(neighbour),
                "ip neighbour replace 10.42.2.0 lladdr 12:c6:65:89:b4:e3 dev flannel.1 nud permanent"
            ),
            (.deleteNeighbour(neighbour), "ip neighbour delete 10.42.2.0 dev flannel.1"),
            (
                .setForwardingEntry(entry),
                "bridge fdb replace 12:c6:65:89:b4:e3 dev flannel.1 dst 192.168.0.2 self permanent"
            ),
            (.deleteForwardingEntry(entry), "bridge fdb delete 12:c6:65:89:b4:e3 dev flannel.1 dst 192.168.0.2 self"),
        ]
    }

    @Test func `operations read as the commands that do the same`() throws {
        for (operation, command) in try Self.operations() {
            #expect(operation.command(naming: named) == command)
        }
    }

    @Test func `without names interfaces have numbers`() throws {
        #expect(NetlinkOperation.deleteLink(.index(tunnel)).description == "ip link delete if5")
    }

    static let refusals: [(operation: NetlinkOperation, errno: Int32, remedy: String?)] = [
        (.deleteLink(.index(tunnel)), 1, "CAP_NET_ADMIN is needed"),
        (.deleteLink(.index(tunnel)), 19, nil),
        (.setLink(.index(tunnel), LinkChange(isUp: true)), 98, "the UDP port is taken"),
        (.setLink(.index(tunnel), LinkChange(mtu: 9000)), 22, "the MTU is out of the link's range"),
        (.setBridgePort(.index(tunnel), BridgePortChange(hairpin: true)), 95, "the link is not a port of a bridge"),
    ]

    @Test(arguments: refusals)
    func `a refusal comes with what would help`(operation: NetlinkOperation, errno: Int32, remedy: String?) {
        let found = operation.remedy(for: Errno(rawValue: errno))
        if let remedy { #expect(found?.hasPrefix(remedy) == true) } else { #expect(found == nil) }
    }

    @Test func `a kernel without vxlan is told so`() throws {
        let creation = NetlinkOperation.createLink(try flannelRequest())
        let absent = try #require(creation.remedy(for: Errno(rawValue: 95)))
        #expect(absent == "the kernel lacks the link kind 'vxlan'; load the module vxlan")
        let taken = try #require(creation.remedy(for: Errno(rawValue: 17)))
        #expect(taken.contains("another vxlan link has the same VNI and port"))
    }

    @Test func `an error names operation, object, errno, the kernel's words and the remedy`() {
        let error = NetlinkError(
            operation: "add route",
            subject: "10.42.2.0/24 dev flannel.1",
            errno: Errno(rawValue: 1),
            kernelMessage: "No.",
            remedy: "CAP_NET_ADMIN is needed"
        )
        let expected =
            "add route 10.42.2.0/24 dev flannel.1: \(Errno(rawValue: 1)): the kernel says 'No.': "
            + "CAP_NET_ADMIN is needed"
        #expect(error.description == expected)
        #expect(error.isDenied && !error.isMissing && !error.alreadyExists)
    }

    @Test(arguments: [(2, true), (3, true), (19, true), (99, true), (17, false), (22, false)] as [(Int32, Bool)])
    func `what is missing has one of four numbers`(errno: Int32, isMissing: Bool) {
        let error = NetlinkError(operation: "delete route", subject: "", errno: Errno(rawValue: errno))
        #expect(error.isMissing == isMissing)
        #expect(error.alreadyExists == (errno == 17))
    }
}
