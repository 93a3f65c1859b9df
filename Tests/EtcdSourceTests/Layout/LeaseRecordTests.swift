import ClusterState
import NetworkTypes
import Testing

@testable import EtcdSource

@Suite struct LeaseRecordTests {
    private static let mac = MACAddress(rawValue: 0xc6d2_326f_8f44)
    private static let otherMAC = MACAddress(rawValue: 0x0a00_0000_0001)

    @Test func `a lease of one family is written byte for byte as flannel writes it`() throws {
        let record = LeaseRecord(
            publicAddresses: PerFamily(v4: try IPAddress(parsing: "192.168.64.3")),
            backendType: "vxlan",
            vni: 1,
            vtep: PerFamily(v4: Self.mac)
        )
        #expect(
            record.json == #"{"PublicIP":"192.168.64.3","PublicIPv6":null,"BackendType":"vxlan","#
                + #""BackendData":{"VNI":1,"VtepMAC":"c6:d2:32:6f:8f:44"}}"#
        )
    }

    @Test func `a lease of both families is written byte for byte as flannel writes it`() throws {
        let record = LeaseRecord(
            publicAddresses: PerFamily(
                v4: try IPAddress(parsing: "192.168.64.3"),
                v6: try IPAddress(parsing: "fd00::3")
            ),
            backendType: "vxlan",
            vni: 7,
            vtep: PerFamily(v4: Self.mac, v6: Self.otherMAC)
        )
        #expect(
            record.json == #"{"PublicIP":"192.168.64.3","PublicIPv6":"fd00::3","BackendType":"vxlan","#
                + #""BackendData":{"VNI":7,"VtepMAC":"c6:d2:32:6f:8f:44"},"#
                + #""BackendV6Data":{"VNI":7,"VtepMAC":"0a:00:00:00:00:01"}}"#
        )
    }

    @Test func `a backend without data and a node without IPv4 are written as flannel writes them`() throws {
        let record = LeaseRecord(
            publicAddresses: PerFamily(v6: try IPAddress(parsing: "fd00::3")),
            backendType: "host-gw"
        )
        #expect(record.json == #"{"PublicIP":"0.0.0.0","PublicIPv6":"fd00::3","BackendType":"host-gw"}"#)
        #expect(try LeaseRecord(parsing: Array(record.json.utf8)) == record)
    }

    @Test(
        arguments: [
            (#"{"PublicIP":"10.0.0.1"}"#, "10.0.0.1", nil, nil),
            (#"{"publicip":"10.0.0.1","BACKENDTYPE":"vxlan","x":[1]}"#, "10.0.0.1", "vxlan", nil),
            (#"{"PublicIP":"10.0.0.1","BackendType":"host-gw","BackendData":null}"#, "10.0.0.1", "host-gw", nil),
            (
                #"{"PublicIP":"10.0.0.1","BackendType":"vxlan","BackendData":{"VtepMAC":"C6:D2:32:6F:8F:44"}}"#,
                "10.0.0.1", "vxlan", "c6:d2:32:6f:8f:44"
            ),
            (#"{"PublicIP":"0.0.0.0","BackendType":"alloc"}"#, nil, "alloc", nil),
            (#"{"PublicIP":"10.0.0.1","BackendType":"extension","BackendData":"text"}"#, "10.0.0.1", "extension", nil),
        ] as [(String, String?, String?, String?)]
    )
    func `a value that differs in form is read all the same`(
        text: String,
        address: String?,
        type: String?,
        mac: String?
    ) throws {
        let record = try LeaseRecord(parsing: Array(text.utf8))
        #expect(record.publicAddresses.v4?.description == address)
        #expect(record.backendType == type)
        #expect(record.vtep.v4?.description == mac)
    }

    @Test(arguments: [
        ("", "it is no JSON object"),
        ("[]", "it is no JSON object"),
        ("{", "it is no JSON object"),
        (#"{"PublicIP":"10.0.0"}"#, "PublicIP '10.0.0' is no IPv4 address"),
        (#"{"PublicIPv6":"10.0.0.1"}"#, "PublicIPv6 '10.0.0.1' is no IPv6 address"),
        (
            #"{"BackendData":{"VtepMAC":"01:00:00:00:00:01"}}"#,
            "VtepMAC '01:00:00:00:00:01' of BackendData is no unicast MAC address"
        ),
    ])
    func `a value that is no lease says why`(text: String, reason: String) {
        #expect(throws: LeaseRecordError(reason)) { try LeaseRecord(parsing: Array(text.utf8)) }
    }

    @Test func `extras are written and read back`() throws {
        let extras = LeaseExtrasRecord(
            node: try #require(NodeName(rawValue: "north")),
            instance: "0123456789abcdef",
            extras: LeaseExtras(agentVersion: "0.1.0", readyCapabilities: ["overlay"], refusedPorts: ["ipv4/tcp/80"]),
            addresses: PerFamily(v4: try IPAddress(parsing: "192.168.77.1")),
            externalAddresses: PerFamily(v4: try IPAddress(parsing: "203.0.113.1"))
        )
        #expect(
            extras.json == #"{"nodeName":"north","agentVersion":"0.1.0","instance":"0123456789abcdef","#
                + #""readyCapabilities":["overlay"],"refusedPorts":["ipv4/tcp/80"],"addresses":["192.168.77.1"],"#
                + #""externalAddresses":["203.0.113.1"]}"#
        )
        #expect(LeaseExtrasRecord(parsing: Array(extras.json.utf8)) == extras)
        #expect(LeaseExtrasRecord(parsing: Array(#"{"nodeName":"No Name"}"#.utf8)) == nil)
    }
}
