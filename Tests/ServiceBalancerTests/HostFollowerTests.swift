import ClusterFixtures
import LinuxSystem
import Netlink
import NetworkTypes
import ServiceBalancer
import Synchronization
import Testing

@Suite struct HostFollowerTests {
    private static let web = HeldPort(.ipv4, .tcp, 80)

    @Test func `a pass after which nothing was heard reads nothing`() async throws {
        let bed = try Bed()
        _ = try await bed.follower.facts(thoroughly: false)
        _ = try await bed.follower.heldPorts(of: [Self.web])
        let looks = bed.probe.looks
        #expect(looks > 0)
        _ = try await bed.follower.facts(thoroughly: false)
        _ = try await bed.follower.heldPorts(of: [Self.web])
        #expect(bed.probe.looks == looks)
    }

    @Test func `addresses of kube-ipvs0 and our own are held`() async throws {
        let bed = try Bed()
        bed.probe.update { $0.link = ProxyLink(index: InterfaceIndex(7), addresses: [address("10.43.0.1")]) }
        let facts = try await bed.follower.facts(thoroughly: false)
        #expect(facts.heldAddresses == [address("10.43.0.10"), address("10.43.0.1")])
        #expect(!facts.scope.services)
    }

    @Test func `addresses of the node are those that its services can have`() async throws {
        let bed = try Bed()
        let own = ["192.0.2.1", "192.0.2.101", "2001:db8::1"].map { address($0) }
        let others = ["127.0.0.1", "::1", "fe80::1", "169.254.1.1", "10.43.0.10", "10.43.0.1"].map { address($0) }
        bed.probe.update {
            $0.addresses = Set(own + others)
            $0.link = ProxyLink(index: InterfaceIndex(7), addresses: [address("10.43.0.1")])
        }
        #expect(try await bed.follower.facts(thoroughly: false).nodeAddresses == Set(own))
    }

    @Test(arguments: [
        ([:], [AddressFamily.ipv4, .ipv6]),
        (["iptables": "0", "ip6tables": "1"], [.ipv4]),
        (["iptables": "1", "ip6tables": "1"], []),
    ]) func `bridges are unfiltered where br_netfilter is off or absent`(
        values: [String: String],
        families: [AddressFamily]
    ) async throws {
        let bed = try Bed()
        bed.probe.update { host in
            for (name, value) in values { host.settings[SysctlName("net/bridge/bridge-nf-call-\(name)")] = value }
        }
        #expect(try await bed.follower.facts(thoroughly: false).unfilteredBridges == Set(families))
    }

    @Test func `the decision to serve everything survives a restart, and a sign takes it back`() async throws {
        let bed = try Bed()
        #expect(try await bed.follower.facts(thoroughly: false).scope.services == false)
        bed.pass(.seconds(30))
        #expect(await bed.follower.lookAgain())
        #expect(try await bed.follower.facts(thoroughly: false).scope.services)
        // What somebody removes is written again by the next audit.
        try Files.remove("\(bed.directory)/service-proxy")
        _ = try await bed.follower.facts(thoroughly: true)
        let second = bed.restarted()
        #expect(try await second.facts(thoroughly: false).scope.services)
        bed.probe.update { $0.rules = [.canaryIPv4] }
        bed.pass(.seconds(10))
        #expect(await second.lookAgain())
        #expect(try await second.facts(thoroughly: false).scope == BalancerScope(loadBalancers: true, services: false))
        #expect(try await bed.restarted().facts(thoroughly: false).scope.services == false)
        #expect(second.status.report.proxyReason.contains("KUBE-PROXY-CANARY"))
    }

    @Test func `a decision that cannot be read is none`() async throws {
        let bed = try Bed()
        try Files.writeAtomically("everything\n", to: "\(bed.directory)/service-proxy", mode: 0o600)
        #expect(try await bed.restarted().facts(thoroughly: false).scope.services == false)
    }

    @Test func `who listens where kube-proxy does is a sign, unless it is this process`() async throws {
        let bed = try Bed()
        let own = UInt64(ProcessFacts.processID)
        bed.probe.update { $0.listeners = [Listener(.tcp, address("127.0.0.1"), 10_256, inode: own)] }
        _ = try await bed.follower.facts(thoroughly: false)
        bed.pass(.seconds(30))
        #expect(try await bed.follower.facts(thoroughly: false).scope.services)
        bed.probe.update { $0.listeners = [Listener(.tcp, address("127.0.0.1"), 10_249, inode: own + 1)] }
        bed.pass(.seconds(10))
        #expect(try await bed.follower.facts(thoroughly: false).scope.services == false)
    }

    @Test func `a port that is held is given when it was seen free twice`() async throws {
        let bed = try Bed()
        bed.probe.update { $0.listeners = [Listener(.tcp, address("0.0.0.0"), 80, inode: 7)] }
        _ = try await bed.follower.facts(thoroughly: false)
        let held = try await bed.follower.heldPorts(of: [Self.web])
        #expect(held == [Self.web: .program("process 7 (server, user 0)")])
        bed.probe.update { $0.listeners = [] }
        bed.pass(.seconds(30))
        _ = await bed.follower.lookAgain()
        #expect(try await bed.follower.heldPorts(of: [Self.web]) == held)
        bed.pass(.seconds(10))
        #expect(await bed.follower.lookAgain())
        #expect(try await bed.follower.heldPorts(of: [Self.web]).isEmpty)
    }

    @Test(arguments: [
        (0, "the kernel, as for a tunnel, or a hidden process"), (7, "process 7 (server, user 0)"),
        (UInt64(ProcessFacts.processID), "Linnet itself"),
    ]) func `who has a port is called what one can look for`(inode: UInt64, name: String) async throws {
        let bed = try Bed()
        bed.probe.update { $0.listeners = [Listener(.tcp, address("0.0.0.0"), 80, inode: inode)] }
        _ = try await bed.follower.facts(thoroughly: false)
        #expect(try await bed.follower.heldPorts(of: [Self.web]) == [Self.web: .program(name)])
    }

    @Test func `ports are given if nobody can say who has them, and that is told`() async throws {
        let bed = try Bed(choice: ProxyChoice(allowsServices: false))
        bed.probe.update {
            $0.listenerFailure = NetlinkError(
                operation: "read listeners",
                subject: "of tcp",
                errno: .noEntry,
                kernelMessage: nil,
                remedy: "load the module tcp_diag"
            )
        }
        _ = try await bed.follower.facts(thoroughly: false)
        #expect(try await bed.follower.heldPorts(of: [Self.web]).isEmpty)
        #expect(bed.follower.status.report.complaints.count == 1)
    }
}

extension HostFollowerTests {
    /// A follower of a host in memory, with a clock that the test moves.
    private final class Bed {
        let probe = FakeHostProbe()
        let directory = "/tmp/linnet-host-tests-\(UInt64.random(in: 0...UInt64.max))"
        let follower: HostFollower
        private let configuration: HostConfiguration
        private let time = Time()

        private final class Time: Sendable {
            let now = Mutex(ContinuousClock.now)
        }

        init(choice: ProxyChoice = ProxyChoice()) throws {
            try Files.createDirectory(directory, mode: 0o700)
            configuration = HostConfiguration(choice: choice, ownAddresses: [address("10.43.0.10")])
            follower = Self.follower(configuration, probe, directory, time)
        }

        deinit {
            for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
            try? Files.removeDirectory(directory)
        }

        func restarted() -> HostFollower { Self.follower(configuration, probe, directory, time) }

        func pass(_ duration: Duration) { time.now.withLock { $0 += duration } }

        private static func follower(
            _ configuration: HostConfiguration,
            _ probe: FakeHostProbe,
            _ directory: String,
            _ time: Time
        ) -> HostFollower {
            HostFollower(
                configuration,
                probe: probe,
                ears: nil,
                memory: ProxyMemory(stateDirectory: directory),
                now: { time.now.withLock { $0 } }
            )
        }
    }
}
