import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import PodNetwork
import Testing

/// The node's own 127.0.0.1 and ::1, where pods have host ports.
@Suite(.timeLimit(.minutes(1))) struct LocalhostRoutingTests {
    private let web = PortMapping(.tcp, hostPort: 8080, containerPort: 80)

    /// How the last pod with host ports goes.
    enum End: CaseIterable, Sendable { case deleted, recordIsGarbage, crashed, collected }

    @Test(arguments: End.allCases) func `with the last host port 127.0.0.1 is closed to pods again`(end: End) throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        #expect(try bed.localhostRouting() == "0")
        let one = try bed.attach("one", web)
        let two = try bed.attach("two", PortMapping(.udp, hostPort: 53, containerPort: 53))
        #expect(try bed.localhostRouting() == "1")
        try bed.plugin().delete(two.attachment, namespace: two.path)
        #expect(try bed.localhostRouting() == "1", "one pod still has a port")
        switch end {
        case .deleted: try bed.plugin().delete(one.attachment, namespace: one.path)
        case .recordIsGarbage:
            try Files.rewrite("\(bed.directory)/one:eth0", with: "{")
            try bed.plugin().delete(one.attachment, namespace: one.path)
        case .crashed:
            try bed.pods.network.deleteLink(try #require(try bed.pods.ports().first).index)
            _ = try bed.hostPorts().repair()
        case .collected:
            let plugin = try bed.pods.plugin {
                $0.hostPortDirectory = bed.directory
                $0.validAttachments = []
            }
            try plugin.collectGarbage()
        }
        #expect(try bed.localhostRouting() == "0")
        #expect(try bed.table() == nil)
        #expect(try Files.list(bed.directory) == ["lock"])
    }

    @Test func `what was not taken back is taken back by the agent's next look, without any record`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("web", web)
        defer { withExtendedLifetime(pod) {} }
        try Files.remove("\(bed.directory)/web:eth0")
        #expect(try bed.hostPorts().repair().shortcomings == [])
        #expect(try bed.localhostRouting() == "0")
        #expect(try bed.table() == nil)
    }

    @Test func `it can be closed while the table is somebody else's, and the next repair opens it again`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("web", web)
        defer { withExtendedLifetime(pod) {} }
        try bed.run("nft", "delete", "table", "inet", "linnet-cni")
        try bed.hostPorts().closeLocalhost()
        #expect(try bed.localhostRouting() == "0")
        #expect(try bed.hostPorts().repair().shortcomings == [])
        #expect(try bed.localhostRouting() == "1")
    }

    @Test func `what another program opened stays open`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        try bed.node.run { try Sysctl.write("1", to: LocalhostRouting.setting(of: bed.pods.bridge.name)) }
        let pod = try bed.attach("web", web)
        try bed.plugin().delete(pod.attachment, namespace: pod.path)
        #expect(try bed.localhostRouting() == "1")
    }

    @Test func `a pod does not pass for the node's localhost`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("web", web)
        for link in ["all", "cni0"] {
            try bed.node.run { try Sysctl.write("0", to: SysctlName("net/ipv4/conf/\(link)/rp_filter")) }
        }
        let gateway = try IPAddress(parsing: "10.42.1.1")
        let server = try TestSocket.listening(.udp, on: 5000, in: bed.node)
        let client = try TestSocket.client(.udp, .ipv4, in: pod.namespace)
        client.call(gateway, 5000)
        #expect(try server.answer() != nil, "the node's own address can be reached")
        // What a pod with CAP_NET_ADMIN can do.
        try pod.namespace.run { try Sysctl.write("1", to: SysctlName("net/ipv4/conf/eth0/route_localnet")) }
        for words in [["link", "set", "lo", "up"], ["route", "add", "10.42.1.1", "dev", "eth0", "src", "127.0.0.2"]] {
            let result = try pod.namespace.finish(["ip"] + words)
            #expect(result.exitCode == 0, "\(words): \(result.errors)")
        }
        client.call(gateway, 5000)
        #expect(try server.answer()?.description == nil)
    }

    @Test func `a port on every address leaves ::1 to the node's own listener`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("web", web)
        let server = try TestSocket.listening(.tcp, on: 8080, in: bed.node)
        let client = try TestSocket.client(.tcp, .ipv6, in: bed.node)
        client.call(try IPAddress(parsing: "::1"), 8080)
        #expect(try server.answer()?.description == "::1")
        #expect(client.hearsAnswer())
        #expect(try conversation(from: bed.node, to: "fd00:77::1", 8080, with: pod) == "fd00:77::1")
    }
}
