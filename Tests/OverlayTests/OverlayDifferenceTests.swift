import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes
import Testing

@testable import Overlay

private let link = InterfaceIndex(7)
private let links = PeerLinks(tunnel: link, underlay: InterfaceIndex(2))

@Suite struct OverlayDifferenceTests {
    private func tunnel(_ number: Int) throws -> PeerPath {
        let node = peer(number)
        return PeerPath(
            podCIDR: try #require(node.podCIDRs.v4),
            endpoint: try #require(node.publicAddresses.v4),
            linkAddress: node.vtep.v4
        )
    }

    /// The verbs and their objects, without what is the same each time.
    private func words(_ operations: [NetlinkOperation]) -> [String] {
        operations.map { operation in
            switch operation {
            case .replaceNeighbour(let neighbour): "+ neighbour \(neighbour.address)"
            case .setForwardingEntry(let entry): "+ entry \(entry.destination.map { "\($0)" } ?? "nowhere")"
            case .replaceRoute(let route): "+ route \(route.destination)"
            case .deleteRoute(let route): "- route \(route.destination)"
            case .deleteForwardingEntry(let entry): "- entry \(entry.linkAddress)"
            case .deleteNeighbour(let neighbour): "- neighbour \(neighbour.address)"
            default: "\(operation)"
            }
        }
    }

    @Test func `additions come before removals, the route last and gone first`() throws {
        let wanted = PeerContents([try tunnel(2)])
        let found = ObservedContents(PeerContents([try tunnel(3)]), on: links)
        #expect(
            words(wanted.difference(from: found, on: links)) == [
                "+ neighbour 10.42.2.0", "+ entry 192.0.2.2", "+ route 10.42.2.0/24",
                "- route 10.42.3.0/24", "- entry 02:00:00:00:04:03", "- neighbour 10.42.3.0",
            ]
        )
    }

    @Test func `a peer with a new hardware address loses the old entry`() throws {
        var changed = try tunnel(2)
        changed.linkAddress = mac("02:00:00:00:44:44")
        let found = ObservedContents(PeerContents([try tunnel(2)]), on: links)
        #expect(
            words(PeerContents([changed]).difference(from: found, on: links)) == [
                "+ neighbour 10.42.2.0", "+ entry 192.0.2.2", "- entry 02:00:00:00:04:02",
            ]
        )
    }

    @Test func `a neighbour or an entry that is not permanent is made so`() throws {
        let wanted = PeerContents([try tunnel(2)])
        var found = ObservedContents(wanted, on: links)
        found.neighbours[0].state = .stale
        found.forwarding[0].state = .reachable
        #expect(
            words(wanted.difference(from: found, on: links)) == ["+ neighbour 10.42.2.0", "+ entry 192.0.2.2"]
        )
    }

    @Test func `what the kernel or others keep on the link is left alone`() throws {
        let wanted = PeerContents([try tunnel(2)])
        var found = ObservedContents(wanted, on: links)
        found.neighbours.append(
            Neighbour(interface: link, address: ip("10.42.9.9"), linkAddress: nil, state: .failed)
        )
        found.forwarding.append(
            ForwardingEntry(interface: link, linkAddress: mac("02:00:00:00:00:05"), state: .reachable)
        )
        found.routes.append(Route(destination: prefix("10.42.0.0/16"), interface: link, routeProtocol: .static))
        found.routes.append(Route(destination: prefix("fe80::/64"), interface: link, routeProtocol: .kernel))
        #expect(wanted.difference(from: found, on: links) == [])
    }

    @Test func `a link is remade only for what cannot be changed`() throws {
        let plan = try #require(
            OverlayPlan(State(lease: lease(), []).snapshot, underlays, configuration()).host?.tunnels.v4
        )
        var found = Link(
            index: link,
            name: plan.name,
            address: plan.linkAddress,
            mtu: plan.mtu,
            kind: .vxlan(plan.vxlan)
        )
        #expect(plan.linkOperations(observed: found) == [])
        found.mtu = 1400
        #expect(plan.linkOperations(observed: found) == [.setLink(.index(link), LinkChange(mtu: 1450))])
        let changes: [(inout VXLAN) -> Void] = [
            { $0.vni = 2 }, { $0.port = 4789 }, { $0.link = InterfaceIndex(3) }, { $0.local = ip("192.0.2.9") },
            { $0.group = ip("239.0.0.1") }, { $0.l2miss = true }, { $0.gbp = true }, { $0.learning = true },
        ]
        for change in changes {
            var vxlan = plan.vxlan
            change(&vxlan)
            found.kind = .vxlan(vxlan)
            let operations = plan.linkOperations(observed: found)
            #expect(operations.first == .deleteLink(.index(link)), "\(vxlan)")
            #expect(operations.count == 2)
        }
    }

    @Test func `settings are changed only where they do harm`() throws {
        func correction(_ requirement: SysctlRule.Requirement, _ value: String, all: String = "0") throws -> String? {
            let rule = SysctlRule("net/ipv4/conf/cni0/rp_filter", requirement)
            return try rule.correction { $0.description.contains("/all/") ? all : value }
        }
        #expect(try correction(.value("1"), "0") == "1")
        #expect(try correction(.value("1"), "1") == nil)
        #expect(try correction(.replace("1", by: "2"), "0") == nil)
        let strict = SysctlRule.Requirement.notStrict(all: .init("net/ipv4/conf/all/rp_filter"))
        #expect(try correction(strict, "0", all: "1") == "2")
        #expect(try correction(strict, "1") == "2")
        #expect(try correction(strict, "0") == nil)
        #expect(try correction(strict, "1", all: "2") == nil)
    }

    @Test func `text in the network list cannot break out of it`() {
        var configuration = configuration()
        configuration.subnetFile = "/run/\"quoted\"\n\\x"
        configuration.dnsEnabled = true
        configuration.clusterDNS = [ip("10.43.0.10")]
        let text = PlannedFile.networkList(configuration).text
        #expect(text.contains(#""subnetFile": "/run/\"quoted\"\n\\x""#))
        #expect(text.contains("\"nameservers\": [\n          \"10.43.0.10\"\n        ]"))
    }
}
