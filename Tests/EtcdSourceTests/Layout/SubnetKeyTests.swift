import ClusterState
import NetworkTypes
import Testing

@testable import EtcdSource

@Suite struct SubnetKeyTests {
    @Test(
        arguments: [
            ("10.5.52.0-24", "10.5.52.0/24", nil),
            ("10.5.52.4-30", "10.5.52.4/30", nil),
            ("10.12.13.0-24&fd00:12:13::-56", "10.12.13.0/24", "fd00:12:13::/56"),
            ("0.0.0.0-0&fd00:12:13::-56", nil, "fd00:12:13::/56"),
        ] as [(String, String?, String?)]
    )
    func `a key as flannel writes it is read and written back`(key: String, v4: String?, v6: String?) throws {
        let parsed = try #require(SubnetKey(parsing: key))
        #expect(parsed.subnets.v4?.description == v4)
        #expect(parsed.subnets.v6?.description == v6)
        #expect(parsed.description == key)
    }

    @Test(arguments: [
        "", "10.5.52.0", "10.5.52.0/24", "10.5.52.0-", "10.5.52.0-32", "10.5.52.0-24 ", " 10.5.52.0-24", "10.5.52-24",
        "10.5.52.0-24-x", "10.5.52.0-24/x", "x10.5.52.0-24", "10.5.52.256-24", "10.5.52.1-24", "10.5.52.0-+24",
        "10.5.52.0-24&", "&fd00::-56", "10.5.52.0-24&fd00:12::-128", "10.5.52.0-24&FD00:12::-56",
        "10.5.52.0-24&fd00:12::1-56", "10.5.52.0-24&10.6.0.0-24", "10.5.52.0-24&fd00::-56&fd01::-56", "fd00::-56",
        "config", "10.5.52.0-0024",
    ])
    func `a malformed key is none`(text: String) {
        #expect(SubnetKey(parsing: text) == nil)
    }

    @Test(arguments: [
        ("10.5.52.0-24", "10.5.52.0-24"),
        ("10.12.13.0-24&fd00:12:13::-56", "10.12.13.0-24.v6-fd00-12-13---56"),
        ("0.0.0.0-0&fd00:12:13::-56", "v6-fd00-12-13---56"),
    ])
    func `a node without a name of its own is named by its key`(key: String, name: String) throws {
        #expect(SubnetKey(parsing: key)?.nodeName?.rawValue == name)
    }

    @Test func `the end of a range is the first key behind it`() {
        #expect(EtcdKeys.end(ofKeysBeginningWith: "/a/") == Array("/a0".utf8))
        #expect(EtcdKeys.end(ofKeysBeginningWith: "") == [0])
    }

    @Test func `no key of ours begins with the one that flannel watches`() throws {
        let keys = EtcdKeys(prefix: "/coreos.com/network")
        let key = try #require(SubnetKey(parsing: "10.5.52.0-24"))
        #expect(keys.lease(key) == "/coreos.com/network/subnets/10.5.52.0-24")
        #expect(keys.extras(of: key) == "/coreos.com/network/linnet/leases/10.5.52.0-24")
        for ours in [keys.extras(of: key), keys.objects, keys.config] {
            #expect(!ours.hasPrefix("/coreos.com/network/subnets"))
        }
    }
}
