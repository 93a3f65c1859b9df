import AgentCore
import Netlink
import NetworkTypes
import Testing

@Suite struct ResetPlanTests {
    @Test func `what Linnet made goes, files first and links last`() throws {
        let plan = try plan(
            links: [link(2, "eth0"), link(3, "flannel.1", alias: "linnet"), link(4, "cni0", alias: "linnet")],
            routes: [route("10.42.2.0/24", 3), route("10.42.3.0/24", 2)],
            tables: ["linnet"],
            files: ["/etc/cni/net.d/10-linnet.conflist"],
            directories: ["/var/lib/linnet"]
        )
        #expect(
            plan.steps.map(\.description) == [
                "/etc/cni/net.d/10-linnet.conflist", "nft table inet linnet",
                "\(NetlinkOperation.deleteRoute(try route("10.42.3.0/24", 2)))", "link flannel.1", "link cni0",
                "/var/lib/linnet/",
            ]
        )
        #expect(plan.refusal == nil)
        #expect(plan.left.isEmpty)
    }

    @Test func `the bridge is closed to 127.0.0.0/8 before the table goes that keeps pods out`() throws {
        let facts = ResetFacts(
            links: [try link(4, "cni0", alias: "somebody")],
            routes: [],
            tables: ["linnet-cni"],
            files: ["/var/lib/linnet/host-ports/route_localnet"],
            directories: [],
            sysctls: [],
            reservations: [],
            localhostBridge: try LinkName(validating: "cni0")
        )
        let names = OwnedNames(tunnels: [], bridge: try LinkName(validating: "cni0"), alias: "linnet")
        #expect(
            ResetPlan(facts, names: names, force: false).steps.map(\.description) == [
                "route_localnet of cni0", "/var/lib/linnet/host-ports/route_localnet", "nft table inet linnet-cni",
            ]
        )
    }

    @Test func `a link that was only adopted stays`() throws {
        let plan = try plan(links: [link(3, "flannel.1"), link(4, "cni0", alias: "somebody")])
        #expect(plan.steps.isEmpty)
        #expect(
            plan.left == [
                "link flannel.1 stays, with its addresses and the entries of peers on it: it was there before Linnet and was"
                    + " only adopted",
                "link cni0 stays, with its addresses and the entries of peers on it: it was there before Linnet and was"
                    + " only adopted",
            ]
        )
    }

    @Test func `links of other names go if Linnet made them, under another configuration`() throws {
        var links = try [
            link(3, "flannel.7", alias: "linnet"), link(4, "flannel.8"), link(5, "cni1", alias: "linnet"),
            link(6, "docker0"), link(7, "eth0", alias: "linnet"),
        ]
        for index in 0...1 { links[index].kind = .vxlan(VXLAN(vni: 7)) }
        for index in 2...3 { links[index].kind = .bridge }
        #expect(try plan(links: links).steps.map(\.description) == ["link flannel.7", "link cni1"])
        let pod = try link(8, "veth01", master: 5)
        #expect(try plan(links: links + [pod]).refusal?.contains("veth01") == true)
    }

    @Test func `pods on the bridge are a reason to refuse`() throws {
        let links = try [link(4, "cni0", alias: "linnet"), link(5, "veth01", master: 4)]
        let plan = try plan(links: links, files: ["/run/flannel/subnet.env"])
        #expect(plan.steps.isEmpty)
        #expect(plan.refusal == "pods hang on cni0 (veth01): remove them, or use --force")
    }

    @Test func `with force the bridge goes and the pods' links stay`() throws {
        let plan = try plan(links: [link(4, "cni0", alias: "linnet"), link(5, "veth01", master: 4)], force: true)
        #expect(plan.steps.map(\.description) == ["link cni0"])
        #expect(plan.left == ["the pods' own links stay, detached: their runtime removes them"])
    }

    @Test func `sysctls and address reservations stay and are named`() throws {
        let plan = try plan(
            sysctls: ["net/ipv4/ip_forward = 1"],
            reservations: ["/var/lib/cni/networks/cbr0/10.42.0.2"]
        )
        #expect(plan.left.count == 2)
        #expect(plan.left.first?.contains("net/ipv4/ip_forward = 1") == true)
        #expect(plan.left.last?.contains("/var/lib/cni/networks/cbr0/10.42.0.2") == true)
    }

    private func plan(
        links: [Link] = [],
        routes: [Route] = [],
        tables: [String] = [],
        files: [String] = [],
        directories: [String] = [],
        sysctls: [String] = [],
        reservations: [String] = [],
        force: Bool = false
    ) throws -> ResetPlan {
        let facts = ResetFacts(
            links: links,
            routes: routes,
            tables: tables,
            files: files,
            directories: directories,
            sysctls: sysctls,
            reservations: reservations
        )
        let names = OwnedNames(
            tunnels: [try name("flannel.1"), try name("flannel-v6.1")],
            bridge: try name("cni0"),
            alias: "linnet"
        )
        return ResetPlan(facts, names: names, force: force)
    }

    private func name(_ text: String) throws -> LinkName { try #require(LinkName(rawValue: text)) }

    private func link(_ index: Int32, _ text: String, alias: String? = nil, master: Int32? = nil) throws -> Link {
        Link(
            index: InterfaceIndex(rawValue: index),
            name: try name(text),
            mtu: 1500,
            master: master.map(InterfaceIndex.init(rawValue:)),
            alias: alias,
            kind: .other("")
        )
    }

    private func route(_ destination: String, _ index: Int32) throws -> Route {
        Route(
            destination: try IPPrefix(parsing: destination),
            interface: InterfaceIndex(rawValue: index),
            routeProtocol: .linnet
        )
    }
}
