import ClusterFixtures
import ClusterState
import NetworkTypes
import Testing

@Suite struct ModelTests {
    /// A contract between nodes of all versions: these values never change.
    @Test(arguments: [
        ("north", 1, AddressFamily.ipv4, "3e:d5:9e:d6:7a:46"),
        ("north", 1, .ipv6, "3e:d5:9e:d6:07:bc"),
        ("south", 1, .ipv4, "ee:3b:07:c8:f3:73"),
        ("north", 2, .ipv4, "aa:d5:ad:5a:e4:ae"),
        ("node-1.example.org", 1, .ipv6, "5e:60:dd:4c:cb:fa"),
    ])
    func `the derived tunnel address of a name is fixed`(
        name: String,
        vni: UInt32,
        family: AddressFamily,
        wanted: String
    ) {
        #expect(VTEPAddress.derived(for: nodeName(name), vni: vni, family: family).description == wanted)
    }

    @Test func `derived tunnel addresses are local, unicast and differ`() {
        var all: Set<MACAddress> = []
        for number in 0..<2_000 {
            for family in AddressFamily.allCases {
                let address = VTEPAddress.derived(for: nodeName("node-\(number)"), vni: 1, family: family)
                #expect(address.isLocallyAdministered && !address.isMulticast)
                all.insert(address)
            }
        }
        #expect(all.count == 4_000)
    }

    @Test(arguments: [
        ("north", true), ("a.b-c.d", true), ("1", true), ("", false), ("North", false), ("-a", false), ("a-", false),
        ("a..b", false), (".a", false), ("a_b", false), ("a b", false), ("é", false),
        (String(repeating: "a", count: 63), true), (String(repeating: "a", count: 64), false),
        (String(repeating: "a.", count: 126) + "a", true), (String(repeating: "a.", count: 127) + "a", false),
    ])
    func `the name of a node is a DNS subdomain`(text: String, isName: Bool) {
        #expect((NodeName(rawValue: text) != nil) == isName)
    }

    @Test func `what a lease says of the own node's addresses wins where it says something`() {
        var declared = fixtureNode(1)
        declared.externalAddresses = PerFamily(v4: address("198.51.100.1"), v6: address("2001:db8:2::1"))
        declared.internalAddresses = PerFamily(v4: address("192.0.2.99"))
        // Of the families, the lease has an external address of IPv4 only.
        let merged = fixtureLease(1).merged(into: declared)
        #expect(merged.externalAddresses == PerFamily(v4: address("203.0.113.1"), v6: address("2001:db8:2::1")))
        #expect(merged.internalAddresses == PerFamily(v4: address("192.0.2.99"), v6: address("2001:db8::1")))
        #expect(fixtureLease(1).merged(into: nil).externalAddresses == PerFamily(v4: address("203.0.113.1")))
    }

    @Test(
        arguments: [
            ("01234567-89ab-cdef-0123-456789abcdef", "a", "b", "01234567-89ab-cdef-0123-456789abcdef"),
            ("00000000-0000-0000-0000-00000000000a", nil, nil, "00000000-0000-0000-0000-00000000000a"),
            ("01234567-89AB-cdef-0123-456789abcdef", nil, nil, "01234567-89AB-cdef-0123-456789abcdef"),
            ("01234567-89ab-cdef-0123-456789abcdeg", nil, nil, "01234567-89ab-cdef-0123-456789abcdeg"),
            ("0123456-789ab-cdef-0123-456789abcdef", nil, nil, "0123456-789ab-cdef-0123-456789abcdef"),
            ("mirror-7", "a", "b", "mirror-7"), ("", "a", "b", "a/b"), (nil, "a", "b", "a/b"), (nil, nil, "b", "b"),
            (nil, "a", nil, nil), (nil, "a", "", nil),
        ] as [(String?, String?, String?, String?)]
    )
    func `what is behind an endpoint is known by UID, else by name`(
        uid: String?,
        namespace: String?,
        name: String?,
        wanted: String?
    ) {
        #expect(EndpointTarget(uid: uid, namespace: namespace, name: name)?.description == wanted)
    }

    @Test func `printing a secret shows no values`() {
        let secret = Secret(metadata: ObjectMetadata(name: "a", namespace: "b"), data: ["key": Array("hunter2".utf8)])
        var dumped = ""
        dump(ClusterObject.secret(secret), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(ClusterObject.secret(secret))", dumped] {
            #expect(!text.contains("104") && !text.contains("hunter2"), "\(text)")
        }
        #expect("\(secret)" == "Secret b/a (Opaque: key)")
    }

    @Test func `the outbox keeps the last status and the newest events`() async {
        let outbox = LocalOutbox()
        let key = ObjectKey(.service, namespace: "a", name: "b")
        await outbox.publish(.loadBalancer(ingress: ["192.0.2.1"]), of: key)
        await outbox.publish(.loadBalancer(ingress: []), of: key)
        for number in 0..<101 { await outbox.record(ClusterEvent(.warning, "Reason", of: key, "\(number)")) }
        #expect(outbox.contents.statuses == [key: .loadBalancer(ingress: [])])
        #expect(outbox.contents.events.map(\.message) == (1...100).map { "\($0)" })
    }
}
