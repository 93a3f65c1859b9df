import Netlink
import NetworkTypes
import PodNetwork
import Testing

struct CNIConfigurationTests {
    private func parse(_ text: String) throws(CNIError) -> CNIConfiguration {
        try CNIConfiguration(parsing: Array(text.utf8))
    }

    @Test func `everything that the agent and the runtime write is read`() throws {
        let configuration = try parse(
            """
            {"cniVersion": "1.1.0", "name": "cbr0", "type": "linnet-cni", "bridge": "br7", "subnetFile": "/s",
             "dataDir": "/d", "clusterDomain": "c.test", "hairpinMode": false, "unknown": [1],
             "dns": {"nameservers": ["10.43.0.10"], "domain": "c.test", "search": ["x"], "options": ["ndots:5"]},
             "runtimeConfig": {"ips": ["10.42.1.9/24", "fd00::9"]},
             "cni.dev/valid-attachments": [{"containerID": "a", "ifname": "eth0"}]}
            """
        )
        #expect(configuration.version == .v1_1_0)
        #expect(configuration.bridge.description == "br7")
        #expect(configuration.subnetFile == "/s")
        #expect(configuration.dataDirectory == "/d")
        #expect(!configuration.isHairpin)
        #expect(configuration.requestedAddresses.map(\.description) == ["10.42.1.9", "fd00::9"])
        #expect(configuration.validAttachments?.map(\.container.rawValue) == ["a"])
        #expect(configuration.dns.nameservers == ["10.43.0.10"])
    }

    @Test func `what is left out has the usual value`() throws {
        let configuration = try parse(#"{"cniVersion": "0.3.1", "name": "cbr0", "dns": null}"#)
        #expect(configuration.bridge.description == "cni0")
        #expect(configuration.subnetFile == "/run/flannel/subnet.env")
        #expect(configuration.dataDirectory == "/var/lib/cni/networks")
        #expect(configuration.isHairpin)
        #expect(configuration.dns == CNIDNS())
        #expect(configuration.validAttachments == nil)
    }

    @Test(arguments: [
        ("[]", 6, "the configuration on standard input is a list, not an object"),
        (#"{"name": "cbr0"}"#, 1, "incompatible CNI version: the configuration has \"0.1.0\""),
        (#"{"cniVersion": "2.0.0", "name": "a"}"#, 1, "incompatible CNI version: the configuration has \"2.0.0\""),
        (#"{"cniVersion": "1.0.0"}"#, 7, "the configuration has no 'name'"),
        (#"{"cniVersion": "1.0.0", "name": "../x"}"#, 7, "'../x' is no network name"),
        (#"{"cniVersion": "1.0.0", "name": 1}"#, 6, "'name' in the configuration is a number instead of a string"),
        (
            #"{"cniVersion": "1.0.0", "name": "a", "subnetFile": "s"}"#, 7,
            "'subnetFile' in the configuration is 's', not an absolute path"
        ),
        (
            #"{"cniVersion": "1.0.0", "name": "a", "runtimeConfig": {"ips": ["x"]}}"#, 7,
            "'ips' of the runtimeConfig: 'x' is not an IP address"
        ),
    ])
    func `what is wrong is named`(text: String, code: Int, message: String) {
        let error = #expect(throws: CNIError.self) { try parse(text) }
        #expect(error?.code.rawValue == code)
        #expect(error?.message == message)
    }
}

struct NodeSubnetTests {
    @Test func `flannel's file is read, whatever else is in it`() throws {
        let text = """
            FLANNEL_NETWORK=10.42.0.0/16
            FLANNEL_SUBNET=10.42.1.1/24
            FLANNEL_IPV6_NETWORK=fd00:42::/56
            FLANNEL_IPV6_SUBNET=fd00:42:0:1::1/64
            FLANNEL_MTU=1430
            FLANNEL_IPMASQ=true
            # a comment

            """
        let subnet = try NodeSubnet(parsing: text, of: "subnet.env")
        #expect(subnet.gateways.values.map(\.description) == ["10.42.1.1/24", "fd00:42:0:1::1/64"])
        #expect(subnet.mtu == 1430)
    }

    @Test func `a file that is missing means try again later`() {
        let error = #expect(throws: CNIError.self) { try NodeSubnet.read("/nonexistent/subnet.env") }
        #expect(error?.code == .tryAgainLater)
        #expect(error?.message == "open /nonexistent/subnet.env: ENOENT (No such file or directory)")
    }

    @Test(arguments: [
        ("", "subnet.env has no usable FLANNEL_MTU"),
        ("FLANNEL_MTU=1450", "subnet.env has neither FLANNEL_SUBNET nor FLANNEL_IPV6_SUBNET"),
        ("FLANNEL_MTU=99999\nFLANNEL_SUBNET=10.42.1.1/24", "subnet.env has no usable FLANNEL_MTU"),
        ("FLANNEL_MTU=1450\nFLANNEL_SUBNET=fd00::1/64", "subnet.env: fd00::1/64 is not IPv4"),
    ])
    func `a half-written file is named`(text: String, message: String) {
        let error = #expect(throws: CNIError.self) { try NodeSubnet(parsing: text, of: "subnet.env") }
        #expect(error?.message == message)
    }
}
