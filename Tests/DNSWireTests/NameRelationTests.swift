import DNSWire
import NetworkTypes
import Testing

@Suite struct NameRelationTests {
    /// Two names → whether they are equal.
    static let pairs: [(String, String, Bool)] = [
        ("a.b", "A.b.", true),
        ("KUBERNETES.DEFAULT.SVC.CLUSTER.LOCAL", "kubernetes.default.svc.cluster.local", true),
        ("a.b", "a.c", false),
        ("a", "a.b", false),
        ("[", "{", false),
        ("@", "`", false),
        (#"\192"#, #"\224"#, false),
        (#"ab\.c"#, "ab.c", false),
    ]

    @Test(arguments: pairs)
    func `names are equal but for the case of letters`(left: String, right: String, equal: Bool) throws {
        let (left, right) = (try DNSName(parsing: left), try DNSName(parsing: right))
        #expect((left == right) == equal)
        #expect((left.hashValue == right.hashValue) == equal)
        #expect((left.folded.wire == right.folded.wire) == equal)
    }

    @Test func `folding changes A to Z alone, at every place of a word`() throws {
        for position in 0..<16 {
            for octet in UInt8.min...UInt8.max {
                var label: [UInt8] = Array(repeating: 0x2d, count: 16)
                label[position] = octet
                let isLetter = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet)
                var lower = label
                if isLetter { lower[position] += 32 }
                let name = try DNSName(labels: [label])
                let lowerName = try DNSName(labels: [lower])
                #expect(name == lowerName)
                #expect(name.hashValue == lowerName.hashValue)
                #expect(name.folded.wire == lowerName.wire)
            }
        }
    }

    /// Name, zone → the labels below it, or nil where it is outside.
    static let zones: [(String, String, Int?)] = [
        ("a.cluster.local", "cluster.local", 1), ("a.b.CLUSTER.local", "Cluster.Local", 2),
        ("cluster.local", "cluster.local", 0), ("local", "cluster.local", nil),
        ("xcluster.local", "cluster.local", nil),
        ("a.b", ".", 2), (".", ".", 0), (".", "a", nil),
        // A label whose octets look like the zone in wire form.
        (#"x\007cluster\005local"#, "cluster.local", nil),
    ]

    @Test(arguments: zones)
    func `a zone holds itself and what is below`(name: String, zone: String, labels: Int?) throws {
        let (name, zone) = (try DNSName(parsing: name), try DNSName(parsing: zone))
        #expect(name.isEqualOrBelow(zone) == (labels != nil))
        #expect(name.labels(below: zone)?.count == labels)
    }

    @Test func `names are taken apart and put together`() throws {
        let zone = try DNSName(parsing: "cluster.local")
        #expect(zone.parent?.description == "local.")
        #expect(zone.parent?.parent == .root)
        #expect(DNSName.root.parent == nil)
        #expect(zone.labelCount == 2)
        #expect(try zone.prepending("svc").description == "svc.cluster.local.")
        #expect(try zone.prepending("a.b").description == #"a\.b.cluster.local."#)
        #expect(try DNSName(parsing: "a.b").appending(zone).description == "a.b.cluster.local.")
        #expect(try DNSName.root.appending(zone) == zone)
        #expect(throws: DNSNameError.self) { try zone.prepending("") }
        #expect(throws: DNSNameError.self) { try zone.prepending(String(repeating: "x", count: 64)) }
        let long = try DNSName(labels: Array(repeating: Array(repeating: UInt8(97), count: 60), count: 4))
        #expect(throws: DNSNameError.self) { try long.appending(zone) }
        #expect(throws: DNSNameError.self) { try long.prepending("aaaaaaaaaa") }
    }

    @Test func `the order is that of RFC 4034`() throws {
        let sorted = try [
            "example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example",
            #"\001.z.example"#, "*.z.example", #"\200.z.example"#,
        ].map { try DNSName(parsing: $0) }
        #expect(sorted.reversed().sorted() == sorted)
    }

    /// Address → its name.
    static let reverse: [(String, String)] = [
        ("10.43.0.20", "20.0.43.10.in-addr.arpa."),
        ("255.0.0.1", "1.0.0.255.in-addr.arpa."),
        ("fd00:43::22", "2.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.4.0.0.0.0.d.f.ip6.arpa."),
    ]

    @Test(arguments: reverse)
    func `an address has a name and the name an address`(address: String, name: String) throws {
        let address = try IPAddress(parsing: address)
        #expect(DNSName(reverseOf: address).description == name)
        #expect(try DNSName(parsing: name.uppercased()).reverseAddress == address)
    }

    @Test(arguments: [
        "0.43.10.in-addr.arpa", "1.2.3.4.5.in-addr.arpa", "256.0.0.1.in-addr.arpa", "01.0.0.1.in-addr.arpa",
        "+1.0.0.1.in-addr.arpa", "in-addr.arpa", "1.2.3.4.arpa", "a.b.c.d.in-addr.arpa", "ip6.arpa", ".",
        "10.f.ip6.arpa", String(repeating: "g.", count: 32) + "ip6.arpa",
        String(repeating: "1.", count: 31) + "ip6.arpa",
    ])
    func `other names have none`(name: String) throws {
        #expect(try DNSName(parsing: name).reverseAddress == nil)
    }

    /// Prefix → first and last zone, and how many.
    static let prefixes: [(String, String, String, Int)] = [
        ("10.0.0.0/8", "10.in-addr.arpa.", "10.in-addr.arpa.", 1),
        ("10.42.0.0/16", "42.10.in-addr.arpa.", "42.10.in-addr.arpa.", 1),
        ("10.40.0.0/14", "40.10.in-addr.arpa.", "43.10.in-addr.arpa.", 4),
        ("10.42.128.0/17", "128.42.10.in-addr.arpa.", "255.42.10.in-addr.arpa.", 128),
        ("192.0.2.7/32", "7.2.0.192.in-addr.arpa.", "7.2.0.192.in-addr.arpa.", 1),
        ("192.0.2.6/31", "6.2.0.192.in-addr.arpa.", "7.2.0.192.in-addr.arpa.", 2),
        ("0.0.0.0/0", "in-addr.arpa.", "in-addr.arpa.", 1),
        ("fd00:42::/32", "2.4.0.0.0.0.d.f.ip6.arpa.", "2.4.0.0.0.0.d.f.ip6.arpa.", 1),
        ("fc00::/7", "c.f.ip6.arpa.", "d.f.ip6.arpa.", 2),
        ("::/0", "ip6.arpa.", "ip6.arpa.", 1),
    ]

    @Test(arguments: prefixes)
    func `a prefix has zones that end at labels`(prefix: String, first: String, last: String, count: Int) throws {
        let zones = DNSName.reverseZones(of: try IPPrefix(parsing: prefix))
        #expect(zones.first?.description == first)
        #expect(zones.last?.description == last)
        #expect(Set(zones).count == count)
    }
}
