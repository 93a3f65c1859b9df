import AgentCore
import Testing

/// What cannot be used: with which exit code it ends, and what the message names.
struct ConfigurationRefusalTests {
    struct Line: Sendable {
        let arguments: [String]
        let code: ExitCode
        let words: [String]

        init(_ arguments: String..., ends code: ExitCode, naming words: String...) {
            self.arguments = arguments
            self.code = code
            self.words = words
        }
    }

    @Test(arguments: [
        Line("--node-nam=x", ends: .usage, naming: "--node-nam", "--node-name"),
        Line("--completely-different", ends: .usage, naming: "--completely-different"),
        Line("--node-ip", ends: .usage, naming: "--node-ip", "needs a value"),
        Line("stray", ends: .usage, naming: "stray", "begin with --"),
        Line("true", ends: .usage, naming: "'true'", "behind =", "--name=true"),
        Line("--json", ends: .usage, naming: "--json"),
        Line("--log-level=inf", ends: .usage, naming: "--log-level", "'inf'", "info"),
        Line("--log-level=warn", ends: .usage, naming: "'warn'", "did you mean warning?"),
        Line("--log-format=xml", ends: .usage, naming: "--log-format", "auto, journald, text, json"),
        Line("--flannel-backend=vxlam", ends: .usage, naming: "none, vxlan, host-gw, wireguard-native, ipsec", "vxlan"),
        Line("--disable=corends", ends: .usage, naming: "--disable", "coredns"),
        Line("--audit-interval=5", ends: .usage, naming: "--audit-interval", "5m"),
        Line("--audit-interval=0s", ends: .usage, naming: "--audit-interval"),
        Line("--state-dir=relative", ends: .usage, naming: "--state-dir", "absolute"),
        Line("--ingress-access-log=common", ends: .usage, naming: "off, clf, json"),
        Line(
            "--ingress-allow-external-name-services=some",
            ends: .usage,
            naming: "--ingress-allow-external-name-services",
            "true"
        ),
        Line("--ingress-prefer-same-node=sometimes", ends: .usage, naming: "--ingress-prefer-same-node", "true"),
        Line("--ingress-merge-slashes=some", ends: .usage, naming: "--ingress-merge-slashes", "true"),
        Line("--ingress-allow-non-ascii-paths=utf8", ends: .usage, naming: "--ingress-allow-non-ascii-paths", "true"),
        Line("--ingress-proxy-protocol-trusted-ips=all", ends: .usage, naming: "192.0.2.0/24"),
        Line("--ingress-forwarded-headers-trusted-ips=10.0.0.0/33", ends: .usage, naming: "10.0.0.0/33"),
        Line("--ingress-http-port=0", ends: .usage, naming: "--ingress-http-port"),
        Line("--ingress-http-port=65536", ends: .usage, naming: "--ingress-http-port"),
        Line("--service-node-port-range=32767-30000", ends: .usage, naming: "--service-node-port-range"),
        Line("--metrics-address=127.0.0.1", ends: .usage, naming: "--metrics-address"),
        Line("--metrics-address=::1:9477", ends: .usage, naming: "--metrics-address"),
        Line("--dns-upstream=dns.example", ends: .usage, naming: "--dns-upstream", "no IP address"),
        Line("--dns-upstream=0.0.0.0", ends: .usage, naming: "--dns-upstream", "not the address of a host"),
        Line("--dns-upstream=fe80::1", ends: .usage, naming: "--dns-upstream", "does not name an interface"),
        Line("--dns-upstream=tls://192.0.2.1#-bad..name", ends: .usage, naming: "--dns-upstream", "name of a host"),
        Line("--dns-upstream=192.0.2.1#dns.example", ends: .usage, naming: "--dns-upstream", "only tls://"),
        Line("--cluster-cidr=10.42.0.1/16", ends: .usage, naming: "--cluster-cidr", "10.42.0.0/16"),
        Line("--cluster-cidr=10.42.0.0/33", ends: .usage, naming: "--cluster-cidr"),
        Line("--node-ip=10.0.0", ends: .usage, naming: "--node-ip"),
        Line("--node-ip=0.0.0.0", ends: .usage, naming: "--node-ip"),
        Line("--node-name=Not_A_Name", ends: .usage, naming: "--node-name", "RFC 1123"),
        Line("--cluster-domain=a..b", ends: .usage, naming: "--cluster-domain"),
        Line("--cluster-domain=", ends: .usage, naming: "--cluster-domain", "no domain"),
        Line("--cluster-domain=arpa", ends: .usage, naming: "--cluster-domain", "'arpa'", "names of addresses"),
        Line("--cluster-domain=in-addr.arpa", ends: .usage, naming: "'in-addr.arpa'", "reserved"),
        Line("--cluster-domain=10.IP6.Arpa.", ends: .usage, naming: "'10.IP6.Arpa.'", "reserved"),
        Line("--cluster-domain=localhost", ends: .usage, naming: "'localhost'", "each host itself"),
        Line("--cluster-domain=cluster.localhost", ends: .usage, naming: "'cluster.localhost'", "reserved"),
        Line(
            "--cluster-domain=a.example",
            "--cluster-domain=b.example",
            ends: .usage,
            naming: "--cluster-domain",
            "'a.example' and 'b.example'",
            "one domain"
        ),
        Line("--flannel-iface=much-too-long-for-a-link", ends: .usage, naming: "--flannel-iface"),
        Line("--config=/nonexistent.yaml", ends: .usage, naming: "/nonexistent.yaml"),
        Line("--flannel-external-ip=maybe", ends: .usage, naming: "--flannel-external-ip", "maybe"),
    ])
    func `a command line that is wrong by itself is a usage error`(_ row: Line) throws {
        try check(row)
    }

    @Test(arguments: [
        Line("--cluster-cidr=10.1.0.0/16,10.2.0.0/16", ends: .configuration, naming: "cluster-cidr", "IPv4"),
        Line("--service-cidr=10.43.0.0/16,fd00:43::/112", ends: .configuration, naming: "service-cidr", "families"),
        Line("--cluster-cidr=10.43.0.0/17", ends: .configuration, naming: "10.43.0.0/17", "10.43.0.0/16", "overlap"),
        Line("--service-cidr=10.96.0.0/29", ends: .configuration, naming: "10.96.0.0/29", "10th", "cluster-dns"),
        Line("--cluster-dns=10.42.0.10", ends: .configuration, naming: "cluster-dns", "10.42.0.10"),
        Line("--node-ip=10.42.3.4", ends: .configuration, naming: "node-ip", "10.42.0.0/16"),
        Line("--flannel-external-ip", ends: .configuration, naming: "flannel-external-ip", "node-external-ip"),
        Line("--cluster-cidr=10.42.0.0/30", ends: .configuration, naming: "10.42.0.0/30", "too narrow", "/29"),
        Line(
            "--cluster-cidr=fd00:42::/126",
            "--service-cidr=fd00:43::/112",
            ends: .configuration,
            naming: "fd00:42::/126",
            "too narrow"
        ),
        Line("--localip=192.168.1.1", ends: .configuration, naming: "localip", "192.168.1.1", "169.254.0.0/16"),
        Line("--localip=fe80::1", ends: .configuration, naming: "localip", "fe80::1", "fc00::/7"),
        Line(
            "--cluster-cidr=10.42.0.0/16,fd00:42::/56",
            "--localip=fd00:43::5",
            ends: .configuration,
            naming: "fd00:43::5",
            "services"
        ),
        Line("--cluster-dns=10.99.0.10", ends: .configuration, naming: "10.99.0.10", "outside service-cidr"),
        Line("--cluster-dns=fd00:43::a", ends: .configuration, naming: "fd00:43::a", "service-cidr"),
        Line(
            "--flannel-backend=host-gw",
            "--flannel-external-ip",
            "--node-external-ip=198.51.100.1",
            ends: .configuration,
            naming: "host-gw",
            "flannel-external-ip"
        ),
        Line("--ingress-http-port=443", ends: .configuration, naming: "ingress-http-port", "ingress-https-port"),
        Line("--metrics-address=127.0.0.1:1,127.0.0.1:1", ends: .configuration, naming: "metrics-address", "twice"),
        Line("--dns-upstream=192.0.2.1,192.0.2.1:53", ends: .configuration, naming: "dns-upstream", "twice"),
        Line(
            "--dns-upstream=192.0.2.1,192.0.2.2,192.0.2.3,192.0.2.4,192.0.2.5,192.0.2.6,192.0.2.7",
            ends: .configuration,
            naming: "dns-upstream",
            "7 servers"
        ),
        Line(
            "--manifests=/a",
            "--kubeconfig=/b",
            ends: .configuration,
            naming: "manifests",
            "kubeconfig",
            "one source"
        ),
        Line("--etcd-prefix=/x", ends: .configuration, naming: "etcd-prefix", "etcd-endpoints"),
        Line("--etcd-endpoints=192.0.2.1:2379", ends: .usage, naming: "etcd-endpoints", "http:// or https://"),
        Line(
            "--etcd-endpoints=http://u:secret@a:1",
            ends: .usage,
            naming: "a URL has an account in it",
            "etcd-username"
        ),
        Line("--etcd-endpoints=http://a:1/b", ends: .usage, naming: "etcd-endpoints", "http:// or https://"),
        Line("--etcd-endpoints=http://a:1,http://a:1/", ends: .configuration, naming: "http://a:1", "twice"),
        Line(
            "--etcd-endpoints=https://a:1",
            "--etcd-certfile=/c",
            ends: .configuration,
            naming: "etcd-certfile",
            "without etcd-keyfile"
        ),
        Line(
            "--etcd-endpoints=https://a:1",
            "--etcd-password-file=/p",
            ends: .configuration,
            naming: "etcd-password-file",
            "without etcd-username"
        ),
        Line(
            "--etcd-endpoints=http://a:1",
            "--etcd-cafile=/c",
            ends: .configuration,
            naming: "etcd-cafile",
            "https://"
        ),
        Line(
            "--cluster-cidr=10.42.0.0/16,fd00:42::/56",
            "--service-cidr=10.43.0.0/16,fd00:43::/112",
            "--node-ip=192.0.2.1",
            ends: .configuration,
            naming: "node-ip",
            "IPv6"
        ),
    ])
    func `values that contradict each other are a configuration error`(_ row: Line) throws {
        try check(row)
    }

    @Test(arguments: [
        Line("--kubeconfig=/etc/kubeconfig", ends: .configuration, naming: "Kubernetes", "not built yet"),
        Line("--flannel-backend=wireguard-native", ends: .configuration, naming: "wireguard-native", "not built yet"),
        Line("--flannel-backend=ipsec", ends: .configuration, naming: "ipsec", "not built yet"),
    ])
    func `a source or backend that is not built yet is named`(_ row: Line) throws {
        try check(row)
    }

    struct File: Sendable {
        let text: String
        let words: [String]

        init(_ text: String, naming words: String...) {
            self.text = text
            self.words = words
        }
    }

    @Test(arguments: [
        File("cluster-cdir: 10.42.0.0/16", naming: "config.yaml:1", "'cluster-cdir'", "cluster-cidr"),
        File("\n\nlog-level: loud", naming: "config.yaml:3", "log-level", "'loud'"),
        File("config: /other.yaml", naming: "config.yaml:1", "config"),
        File("json: true", naming: "config.yaml:1", "'json'"),
        File("state-dir: [/a, /b]", naming: "config.yaml:1", "state-dir", "list"),
        File("node-ip: {a: b}", naming: "config.yaml:1", "node-ip", "mapping"),
        File("- node-ip", naming: "config.yaml:1"),
        File("node-ip: [192.0.2.1", naming: "config.yaml:"),
        File("log-level: info\nlog-level: debug", naming: "config.yaml:2", "log-level"),
        File("cluster-domain: in-addr.arpa", naming: "config.yaml:1", "cluster-domain", "'in-addr.arpa'", "reserved"),
        File("flannel-backend: udp", naming: "config.yaml:1", "udp", "none, vxlan, host-gw, wireguard-native, ipsec"),
        File("flannel-backend: ipsec", naming: "config.yaml:1", "ipsec", "not built yet"),
    ])
    func `a file that cannot be used is a configuration error with its line`(_ row: File) throws {
        let refusal = try #require(ConfigurationFolder(["config.yaml": row.text]).refusal())
        #expect(refusal.code == .configuration)
        for word in row.words { #expect(refusal.message.contains(word), "\(refusal.message)") }
    }

    @Test(arguments: [
        ("LINNET_LOG_LEVL", "debug", "LINNET_LOG_LEVEL"), ("LINNET_LOG_LEVEL", "loud", "LINNET_LOG_LEVEL"),
        ("LINNET_CONFIG", "/nonexistent.yaml", "/nonexistent.yaml"),
    ])
    func `a variable that cannot be used is a configuration error`(_ name: String, _ text: String, _ word: String) {
        do throws(ConfigurationError) {
            _ = try ConfigurationLoader(arguments: ["run"], environment: [name: text]).load()
            Issue.record("\(name) was accepted")
        } catch {
            #expect(error.exitCode == .configuration)
            #expect(error.message.contains(word))
        }
    }

    @Test func `a password in a URL is not repeated`() throws {
        let refusal = try #require(ConfigurationFolder().refusal(["--etcd-endpoints=http://u:secret@a:1"]))
        #expect(!refusal.message.contains("secret"))
    }

    private func check(_ row: Line) throws {
        let refusal = try #require(ConfigurationFolder().refusal(row.arguments))
        #expect(refusal.code == row.code)
        for word in row.words { #expect(refusal.message.contains(word), "\(refusal.message)") }
    }
}
