import AgentCore
import NetworkTypes
import Overlay
import Testing

/// What accepted values become. Pods 10.42/16 and fd00:42::/56, services 10.43/16 and fd00:43::/112, nodes 192.0.2/24
/// and 2001:db8::/32.
struct ConfigurationValueTests {
    @Test func `two families get a DNS address each`() throws {
        let network = try load(
            "--cluster-cidr=fd00:42::/56,10.42.0.0/16",
            "--service-cidr=fd00:43::/112,10.43.0.0/16"
        ).network
        #expect(network.primaryFamily == .ipv6)
        #expect(network.dnsAddresses.v4?.description == "10.43.0.10")
        #expect(network.dnsAddresses.v6?.description == "fd00:43::a")
    }

    @Test func `services get the families of the pods`() throws {
        let network = try load("--cluster-cidr=10.42.0.0/16,fd00:42::/56").network
        #expect(network.serviceCIDRs.values.map(\.description) == ["10.43.0.0/16", "fd00:43::/112"])
        #expect(network.primaryFamily == .ipv4)
    }

    @Test(arguments: [("http", 1), ("https", 0)])
    func `a password that travels as plain text is worth a notice`(_ scheme: String, _ count: Int) throws {
        let notices = try load(
            "--etcd-endpoints=\(scheme)://192.0.2.9:2379",
            "--etcd-username=u",
            "--etcd-password-file=/p"
        ).notices
        #expect(
            notices.filter { $0.hasPrefix("etcd-username: the password travels to http://192.0.2.9") }.count == count
        )
    }

    @Test func `more DNS addresses are those of node-cache's line that the cluster does not have already`() throws {
        let line = try load("--localip=169.254.20.10,10.43.0.10", "--localip=fd00:90::a,169.254.20.10")
        #expect(line.localDNSAddresses.map(\.description) == ["169.254.20.10", "fd00:90::a"])
        #expect(try load().localDNSAddresses == [])
    }

    @Test func `a node with IPv6 alone gets the IPv6 networks of k3s`() throws {
        let network = try load("--node-ip=2001:db8::1").network
        #expect(network.clusterCIDRs.values.map(\.description) == ["fd00:42::/56"])
        #expect(network.serviceCIDRs.values.map(\.description) == ["fd00:43::/112"])
        #expect(network.primaryFamily == .ipv6)
    }

    @Test func `a node with two addresses keeps both`() throws {
        let node = try load("--node-ip=192.0.2.1", "--node-ip=2001:db8::1").node
        #expect(node.addresses.values.map(\.description) == ["192.0.2.1", "2001:db8::1"])
    }

    @Test(arguments: [
        ("1s", Duration.seconds(1)), ("90s", .seconds(90)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
    ])
    func `intervals are numbers with a unit`(_ text: String, _ expected: Duration) throws {
        #expect(try load("--audit-interval=\(text)").auditInterval == expected)
    }

    @Test func `what k3s could switch off is accepted with a notice`() throws {
        let configuration = try load("--disable=traefik,metrics-server,servicelb")
        #expect(configuration.disabled == [.ingress, .loadBalancer])
        #expect(configuration.notices.count == 1)
        #expect(configuration.notices.contains { $0.contains("metrics-server") })
    }

    @Test func `external addresses without encryption give a notice`() throws {
        let configuration = try load("--flannel-external-ip", "--node-external-ip=198.51.100.7")
        #expect(configuration.flannel.usesExternalAddresses)
        #expect(configuration.notices.contains { $0.contains("encrypt") })
    }

    @Test func `metrics addresses are of both families`() throws {
        let addresses = try load("--metrics-address=127.0.0.1:1,[::1]:2").metricsAddresses
        #expect(addresses.map(\.description) == ["127.0.0.1:1", "[::1]:2"])
    }

    @Test func `no backend is a backend`() throws {
        #expect(try load("--flannel-backend=none").flannel.backend == .none)
    }

    private func load(_ arguments: String...) throws -> AgentConfiguration {
        try ConfigurationFolder().load(arguments)
    }
}
