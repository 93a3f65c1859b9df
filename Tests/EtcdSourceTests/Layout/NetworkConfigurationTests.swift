import NetworkTypes
import Testing

@testable import EtcdSource

@Suite struct NetworkConfigurationTests {
    @Test(arguments: [
        // Flannel's own check values.
        (#"{"Network":"10.3.0.0/16"}"#, 24, "10.3.1.0", "10.3.255.0"),
        (#"{"network":"10.3.0.0/16","SUBNETLEN":28}"#, 28, "10.3.0.16", "10.3.255.240"),
        (#"{"Network":"10.3.0.0/22"}"#, 24, "10.3.1.0", "10.3.3.0"),
        (#"{"Network":"10.3.0.0/23"}"#, 25, "10.3.0.128", "10.3.1.128"),
        (#"{"Network":"10.3.0.0/28"}"#, 30, "10.3.0.4", "10.3.0.12"),
        (
            #"{"Network":"10.3.0.0/16","SubnetMin":"10.3.5.0","SubnetMax":"10.3.8.0","SubnetLen":0}"#, 24,
            "10.3.5.0", "10.3.8.0"
        ),
    ])
    func `an IPv4 network is cut as flannel cuts it`(text: String, length: Int, first: String, last: String) throws {
        let pool = try #require(NetworkConfiguration(parsing: text).pools.v4)
        #expect((pool.length, pool.first.description, pool.last.description) == (length, first, last))
    }

    @Test(arguments: [
        (#"{"EnableIPv4":false,"EnableIPv6":true,"IPv6Network":"fc00::/48"}"#, 64, "fc00:0:0:1::", "fc00:0:0:ffff::"),
        (
            #"{"enableIPv4":false,"enableIPv6":true,"ipv6Network":"fc00::/63"}"#, 65, "fc00::8000:0:0:0",
            "fc00:0:0:1:8000::"
        ),
        (
            #"{"EnableIPv4":false,"EnableIPv6":true,"IPv6Network":"fc00::/48","IPv6SubnetLen":56,"#
                + #""IPv6SubnetMin":"fc00:0:0:200::","IPv6SubnetMax":"fc00:0:0:300::"}"#, 56,
            "fc00:0:0:200::", "fc00:0:0:300::"
        ),
    ])
    func `an IPv6 network is cut as flannel cuts it`(text: String, length: Int, first: String, last: String) throws {
        let configuration = try NetworkConfiguration(parsing: text)
        #expect(configuration.pools.v4 == nil)
        let pool = try #require(configuration.pools.v6)
        #expect((pool.length, pool.first.description, pool.last.description) == (length, first, last))
    }

    @Test(arguments: [
        ("", "it is no JSON object"),
        ("{}", "Network is missing"),
        (#"{"Network":"10.3.0.0/16","EnableIPv6":true}"#, "IPv6Network is missing"),
        (#"{"EnableIPv4":false}"#, "it enables neither IPv4 nor IPv6"),
        (#"{"EnableIPv4":"x","Network":"10.3.0.0/16"}"#, "EnableIPv4 is neither true nor false"),
        (#"{"Network":"10.3.0.0"}"#, "Network '10.3.0.0' is no IPv4 network"),
        (#"{"Network":"10.3.0.0/29"}"#, "network 10.3.0.0/29 is too narrow: /28 is the least"),
        (#"{"Network":"10.3.0.0/16","SubnetLen":31}"#, "SubnetLen 31 leaves no room for pods: 30 is the most"),
        (
            #"{"Network":"10.3.0.0/16","SubnetLen":17}"#,
            "SubnetLen 17: 10.3.0.0/16 has to hold at least four subnets"
        ),
        (#"{"Network":"10.3.0.0/16","SubnetMin":"10.4.1.0"}"#, "SubnetMin 10.4.1.0 is not in 10.3.0.0/16"),
        (#"{"Network":"10.3.0.0/16","SubnetMax":"10.4.1.0"}"#, "SubnetMax 10.4.1.0 is not in 10.3.0.0/16"),
        (#"{"Network":"10.3.0.0/16","SubnetMin":"10.3.1.5"}"#, "SubnetMin 10.3.1.5 is not the first address of a /24"),
        (
            #"{"Network":"10.3.0.0/16","SubnetMax":"10.3.9.128"}"#,
            "SubnetMax 10.3.9.128 is not the first address of a /24"
        ),
        (
            #"{"Network":"10.3.0.0/16","SubnetMin":"10.3.9.0","SubnetMax":"10.3.8.0"}"#,
            "SubnetMin 10.3.9.0 is after SubnetMax 10.3.8.0"
        ),
    ])
    func `a configuration that cannot be used says why`(text: String, reason: String) {
        #expect(throws: NetworkConfigurationError(reason)) { try NetworkConfiguration(parsing: text) }
    }
}
