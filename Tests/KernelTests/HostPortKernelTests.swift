import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import PodNetwork
import Testing

@Suite(.timeLimit(.minutes(1))) struct HostPortKernelTests {
    struct Row: Sendable, CustomTestStringConvertible {
        enum Client: Sendable { case machine, node, pod, otherPod }

        let client: Client
        let transport: TransportProtocol
        let target: String
        /// The client's address as the pod sees it.
        let seen: String

        var testDescription: String { "\(transport) from \(client) to \(target)" }
    }

    static let rows: [Row] = [TransportProtocol.tcp, .udp].flatMap { transport in
        [
            Row(client: .machine, transport: transport, target: "192.168.77.1", seen: "192.168.77.9"),
            Row(client: .machine, transport: transport, target: "fd00:77::1", seen: "fd00:77::9"),
            Row(client: .node, transport: transport, target: "192.168.77.1", seen: "192.168.77.1"),
            Row(client: .node, transport: transport, target: "fd00:77::1", seen: "fd00:77::1"),
            Row(client: .node, transport: transport, target: "127.0.0.1", seen: "10.42.1.1"),
            Row(client: .pod, transport: transport, target: "192.168.77.1", seen: "10.42.1.1"),
            Row(client: .pod, transport: transport, target: "fd00:77::1", seen: "fd00:42:0:1::1"),
            Row(client: .pod, transport: transport, target: "10.42.1.1", seen: "10.42.1.1"),
            Row(client: .otherPod, transport: transport, target: "192.168.77.1", seen: "10.42.1.3"),
            Row(client: .otherPod, transport: transport, target: "fd00:77::1", seen: "fd00:42:0:1::3"),
        ]
    }

    @Test(arguments: rows) func `a host port leads to the pod, and keeps the client's address`(row: Row) throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        // As the agent has it: answers of one pod to another of the same bridge come by the node.
        for name in ["iptables", "ip6tables"] {
            try bed.node.run { try Sysctl.write("1", to: SysctlName("net/bridge/bridge-nf-call-\(name)")) }
        }
        let pod = try bed.attach("web", PortMapping(row.transport, hostPort: 8080, containerPort: 80))
        let other = try bed.attach("other")
        let client =
            switch row.client {
            case .machine: bed.machine.namespace
            case .node: bed.node
            case .pod: pod.namespace
            case .otherPod: other.namespace
            }
        #expect(try conversation(row.transport, from: client, to: row.target, 8080, with: pod) == row.seen)
    }

    @Test func `the table says whose ports they are, and reloads as it was listed`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        _ = try bed.attach(
            "web",
            PortMapping(.tcp, hostPort: 8080, containerPort: 80),
            PortMapping(.udp, hostAddress: try IPAddress(parsing: "192.168.77.2"), hostPort: 53, containerPort: 5353),
            PortMapping(.sctp, hostAddress: try IPAddress(parsing: "fd00:77::1"), hostPort: 9, containerPort: 9)
        )
        let listed = try #require(try bed.table())
        #expect(listed.contains("tcp . 8080 comment \"web default/web\" : 10.42.1.2 . 80"))
        #expect(listed.contains("192.168.77.2 . udp . 53 comment \"web default/web\" : 10.42.1.2 . 5353"))
        #expect(listed.contains("fd00:77::1 . sctp . 9 comment \"web default/web\" : fd00:42:0:1::2 . 9"))
        let fresh = try TestNamespace("fresh")
        try fresh.run("nft", "-f", "-", input: listed)
        #expect(try fresh.run("nft", "list", "ruleset") == listed)
    }

    @Test func `a port on one address leads nowhere on the others`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let address = try IPAddress(parsing: "192.168.77.2")
        let pod = try bed.attach("web", PortMapping(.tcp, hostAddress: address, hostPort: 8080, containerPort: 80))
        let machine = bed.machine.namespace
        #expect(try conversation(from: machine, to: "192.168.77.2", 8080, with: pod) == "192.168.77.9")
        #expect(try conversation(from: machine, to: "192.168.77.1", 8080, with: pod) == nil)
        #expect(try conversation(from: machine, to: "fd00:77::1", 8080, with: pod) == nil)
        let other = try bed.attach(
            "other",
            PortMapping(.tcp, hostAddress: try IPAddress(parsing: "::"), hostPort: 8080, containerPort: 80)
        )
        #expect(try conversation(from: machine, to: "fd00:77::1", 8080, with: other) == "fd00:77::9")
    }

    @Test func `what passes through the node to the same port of elsewhere is left alone`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let web = try bed.attach("web", PortMapping(.tcp, hostPort: 80, containerPort: 80))
        let other = try bed.attach("other")
        // A pod asked at its own address, on the port that is also a host port.
        #expect(try conversation(from: bed.machine.namespace, to: "10.42.1.3", 80, with: other) == "192.168.77.9")
        #expect(try conversation(from: bed.machine.namespace, to: "192.168.77.1", 80, with: web) == "192.168.77.9")
    }

    @Test func `a pod does not reach what the node keeps to its localhost`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("web", PortMapping(.tcp, hostPort: 8080, containerPort: 80))
        let name = SysctlName("net/ipv4/conf/cni0/route_localnet")
        #expect(try bed.node.run { try Sysctl.read(name) } == "1")
        // What a pod with CAP_NET_ADMIN can do.
        for words in [["link", "set", "lo", "down"], ["route", "add", "127.0.0.1", "via", "10.42.1.1", "onlink"]] {
            _ = try pod.namespace.finish(["ip"] + words)
        }
        try pod.namespace.run { try Sysctl.write("1", to: SysctlName("net/ipv4/conf/eth0/route_localnet")) }
        let server = try TestSocket.listening(.udp, on: 5000, in: bed.node)
        let client = try TestSocket.client(.udp, .ipv4, in: pod.namespace)
        client.call(try IPAddress(parsing: "10.42.1.1"), 5000)
        #expect(try server.answer() != nil, "the node's own address can be reached")
        client.call(try IPAddress(parsing: "127.0.0.1"), 5000)
        #expect(try server.answer() == nil)
    }

    @Test func `pods without host ports cause no table and no records`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("plain")
        #expect(try bed.table() == nil)
        try bed.plugin().delete(pod.attachment, namespace: pod.path)
        #expect(!Files.exists(bed.directory))
    }
}
