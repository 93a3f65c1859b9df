import Glibc
import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import Nftables
import PodNetwork
import ServiceBalancer
import Synchronization
import Testing

/// What the balancer sees of a host that is a network namespace. A bridge stands for the dummy link of kube-proxy, which
/// not every kernel has.
@Suite(.timeLimit(.minutes(1))) struct BalancerHostTests {
    @Test func `listeners are read with their addresses, families and holders`() throws {
        let node = try TestNamespace("node")
        let sockets = try ListenerSocket.open(in: node.namespace)
        let place = node.namespace
        let held = [
            try BoundSocket(.tcp, "0.0.0.0", 80, in: place),
            try BoundSocket(.tcp, "::", 81, isIPv6Only: false, in: place),
            try BoundSocket(.tcp, "::", 82, isIPv6Only: true, in: place),
            try BoundSocket(.tcp, "127.0.0.1", 83, in: place),
            try BoundSocket(.tcp, "::ffff:127.0.0.1", 84, isIPv6Only: false, in: place),
            try BoundSocket(.udp, "0.0.0.0", 53, in: place), try BoundSocket(.udp, "::1", 54, in: place),
            try BoundSocket(.udp, "127.0.0.1", 55, connectedTo: 53, in: place),
        ]
        let client = try TestSocket.client(.tcp, .ipv4, in: place)
        client.call(try IPAddress(parsing: "127.0.0.1"), 80)
        let expected: Set<String> = [
            "0.0.0.0 80 tcp v4", ":: 81 tcp v4 v6", ":: 82 tcp v6", "127.0.0.1 83 tcp v4", "127.0.0.1 84 tcp v4",
            "0.0.0.0 53 udp v4", "::1 54 udp v6",
        ]
        let listeners = try sockets.listeners(.tcp) + sockets.listeners(.udp)
        #expect(Set(listeners.map(describe)) == expected)
        let holders = Set(listeners.compactMap { SocketHolder.holder(ofInode: $0.inode)?.processID })
        #expect(holders == [UInt32(ProcessFacts.processID)])
        _ = (held, client)
    }

    @Test func `a port that a real server has is refused with its name, and given when it is gone`() async throws {
        let bed = try Bed()
        let server = try listen(on: 8080, in: bed.node)
        let web = HeldPort(.ipv4, .tcp, 8080)
        _ = try await bed.follower.facts(thoroughly: false)
        let held = try await bed.follower.heldPorts(of: [web])
        #expect("\(held[web].map(\.description) ?? "free")".hasPrefix("process \(server.processID) (perl"))
        server.send(SIGKILL)
        try server.wait()
        for _ in 0..<2 {
            bed.pass(.seconds(30))
            _ = try await bed.follower.heldPorts(of: [web])
        }
        #expect(try await bed.follower.heldPorts(of: [web]).isEmpty)
    }

    struct Trace: Sendable, CustomTestStringConvertible {
        let trace: ProxyTrace
        let words: [String]

        var testDescription: String { "\(trace)" }
    }

    static let traces: [Trace] = [
        Trace(trace: .tableIPv4, words: ["nft", "add", "table", "ip", "kube-proxy"]),
        Trace(trace: .tableIPv6, words: ["nft", "add", "table", "ip6", "kube-proxy"]),
        Trace(trace: .canaryIPv4, words: ["iptables-nft", "-t", "mangle", "-N", "KUBE-PROXY-CANARY"]),
        Trace(trace: .canaryIPv6, words: ["ip6tables-nft", "-t", "mangle", "-N", "KUBE-PROXY-CANARY"]),
        Trace(trace: .link, words: ["ip", "link", "add", "kube-ipvs0", "type", "bridge"]),
    ]

    @Test(arguments: traces) func `a trace of kube-proxy is seen, and gone after the command that is told`(
        row: Trace
    ) async throws {
        let bed = try Bed()
        try bed.run(["iptables-nft", "-t", "mangle", "-N", "KUBE-KUBELET-CANARY"])
        _ = try await bed.follower.facts(thoroughly: false)
        bed.pass(.seconds(30))
        #expect(try await bed.follower.facts(thoroughly: true).scope.services)
        try bed.run(row.words)
        #expect(try await bed.follower.facts(thoroughly: true).scope.services == false)
        bed.pass(.seconds(30))
        _ = try await bed.follower.facts(thoroughly: true)
        let complaint = try #require(bed.follower.status.report.leftBehind.first)
        #expect(complaint.contains(row.trace.removal))
        let removal = row.trace.removal.replacing("tables-", with: "tables-nft-")
        try bed.run(["sh", "-c", removal])
        bed.pass(.seconds(30))
        #expect(try await bed.follower.facts(thoroughly: true).scope.services)
    }

    @Test func `the listener of kube-proxy is a sign`() async throws {
        let bed = try Bed()
        let server = try listen(on: 10_256, in: bed.node)
        bed.pass(.seconds(60))
        #expect(try await bed.follower.facts(thoroughly: false).scope.services == false)
        #expect(bed.follower.status.report.proxyReason.contains("process \(server.processID) (perl"))
    }

    @Test func `kube-ipvs0 that appears wakes, and its addresses are held`() async throws {
        let bed = try Bed()
        #expect(try await bed.follower.facts(thoroughly: false).heldAddresses.isEmpty)
        let follower = bed.follower
        try await withThrowingTaskGroup { group in
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            group.addTask { try await follower.listen { wake.yield() } }
            for command in ["link add kube-ipvs0 type bridge", "address add 10.43.0.1/32 dev kube-ipvs0"] {
                try bed.run(["ip"] + command.split(separator: " ").map(String.init))
            }
            for await _ in wakes {
                let held = try await follower.facts(thoroughly: false).heldAddresses
                if held.contains(.v4(IPv4Address(10, 43, 0, 1))) { break }
            }
            group.cancelAll()
        }
    }

    @Test func `an address that comes or goes wakes`() async throws {
        let bed = try Bed()
        #expect(try await bed.follower.facts(thoroughly: false).nodeAddresses.isEmpty)
        let follower = bed.follower
        try await withThrowingTaskGroup { group in
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            group.addTask { try await follower.listen { wake.yield() } }
            var expected = [["192.0.2.101"], []]
            try bed.run(["ip", "address", "add", "192.0.2.101/32", "dev", "lo"])
            for await _ in wakes {
                let addresses = try await follower.facts(thoroughly: false).nodeAddresses.map(\.description)
                guard addresses == expected[0] else { continue }
                expected.removeFirst()
                if expected.isEmpty { break }
                try bed.run(["ip", "address", "delete", "192.0.2.101/32", "dev", "lo"])
            }
            group.cancelAll()
        }
    }

    @Test func `host ports of pods are held, ours and those of portmap`() throws {
        let node = try TestNamespace("node")
        let record = HostPortRecord(
            attachment: CNIAttachment(
                container: try #require(ContainerID(rawValue: "3f9c0123456789ab")),
                interface: try LinkName(validating: "eth0")
            ),
            network: "cbr0",
            pod: "default/web",
            addresses: [.v4(IPv4Address(10, 42, 1, 5))],
            mappings: [PortMapping(.tcp, hostPort: 8080, containerPort: 80)]
        )
        let tables = try NftablesSocket.open(in: node.namespace)
        let table = HostPortTable([record], bridge: try LinkName(validating: "cni0"))
        try tables.commit(Transaction(.linnetCNI, table.rebuilding))
        let rules = """
            table ip6 cni_hostport {
              chain hostports {
                udp dport 5353 dnat ip6 to [fd00::5]:53 comment "0123456789ab"
              }
              chain hostip_hostports {
                ip6 daddr ::1 tcp dport 9999 dnat ip6 to [fd00::5]:99
              }
            }
            """
        try node.run("nft", "-f", "-", input: rules)
        let probe = try KernelProbe(namespace: node.namespace)
        #expect(
            try probe.podPorts() == [
                HeldPort(.ipv4, .tcp, 8080): "default/web",
                HeldPort(.ipv6, .udp, 5353): "of container 0123456789ab",
            ]
        )
    }

    /// A server in a process of its own.
    private func listen(on port: UInt16, in node: TestNamespace) throws -> RunningTool {
        let script = """
            use IO::Socket::INET;
            my $server = IO::Socket::INET->new(LocalAddr => '0.0.0.0', LocalPort => \(port), Listen => 1) or die $!;
            $| = 1;
            print 'ready';
            select(undef, undef, undef, 60);
            """
        let server = try node.start(["perl", "-e", script])
        for _ in 0..<500 where server.output != "ready" { _ = poll(nil, 0, 20) }
        try #require(server.output == "ready", "\(server.errors)")
        return server
    }

    private func describe(_ listener: Listener) -> String {
        let families = listener.families.map { $0 == .ipv4 ? "v4" : "v6" }
        return "\(listener.address) \(listener.port) \(listener.transport) " + families.joined(separator: " ")
    }

    private final class Bed {
        let node: TestNamespace
        let follower: HostFollower
        private let time = Time()
        private let directory = "/tmp/linnet-host-tests-\(UInt64.random(in: 0...UInt64.max))"

        private final class Time: Sendable {
            let now = Mutex(ContinuousClock.now)
        }

        init() throws {
            try Files.createDirectory(directory, mode: 0o700)
            node = try TestNamespace("node")
            let time = time
            follower = HostFollower(
                HostConfiguration(),
                probe: try KernelProbe(namespace: node.namespace),
                ears: try HostEars(namespace: node.namespace),
                memory: ProxyMemory(stateDirectory: directory),
                now: { time.now.withLock { $0 } }
            )
        }

        deinit {
            for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
            try? Files.removeDirectory(directory)
        }

        func pass(_ duration: Duration) { time.now.withLock { $0 += duration } }

        func run(_ words: [String]) throws {
            let result = try node.finish(words)
            try #require(result.exitCode == 0, "\(result.errors)")
        }
    }
}
