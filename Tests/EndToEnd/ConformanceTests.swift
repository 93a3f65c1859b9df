import Testing

extension Nodes {
    /// The tests of RFC 8906 section 8, as dig sends them, against the responder of a node. Section 8.3 has none: it says
    /// what servers without EDNS do.
    @Suite struct ConformanceTests {
        /// A test of the RFC: what is sent, and what the reply has and has not.
        struct Row: Sendable, CustomTestStringConvertible {
            let section: String
            let words: String
            /// The type that is asked for; nil if there is no question.
            let type: String?
            let has: [String]
            let hasNot: [String]

            var testDescription: String { section }

            init(_ section: String, _ words: String, _ type: String? = "soa", has: [String], hasNot: [String] = []) {
                self.section = section
                self.words = words
                self.type = type
                self.has = has
                self.hasNot = hasNot
            }
        }

        private static let plain = ["status: NOERROR", "flags: qr aa ra;", " ANSWER: 1,", "\tIN\tSOA\tns.dns."]
        private static let extended = plain + ["; EDNS: version: 0, flags:; udp: 1232"]
        private static let refusal = ["status: BADVERS", "flags: qr ra;", " ANSWER: 0,", "; EDNS: version: 0, flags:"]

        static let rows = [
            Row("8.1.1 zone", "+noedns +noad +norec", has: plain, hasNot: ["OPT"]),
            Row(
                "8.1.2 unknown type",
                "+noedns +noad +norec",
                "type1000",
                has: ["status: NOERROR", "flags: qr aa ra;", " ANSWER: 0,", " AUTHORITY: 1,"]
            ),
            Row(
                "8.1.3.1 CD",
                "+noedns +noad +norec +cd",
                has: ["status: NOERROR", "flags: qr aa ra cd;", "\tIN\tSOA\tns.dns."]
            ),
            Row("8.1.3.2 AD", "+noedns +norec +ad", has: plain),
            Row("8.1.3.3 reserved bit", "+noedns +noad +norec +zflag", has: plain, hasNot: ["MBZ"]),
            Row(
                "8.1.3.4 recursion",
                "+noedns +noad +rec",
                has: ["status: NOERROR", "flags: qr aa rd ra;", "\tIN\tSOA\tns.dns."]
            ),
            Row(
                "8.1.4 unknown opcode",
                "+noedns +noad +norec +opcode=15 +header-only",
                nil,
                has: ["opcode: RESERVED15", "status: NOTIMP", "flags: qr ra;", "QUERY: 0, ANSWER: 0,"],
                hasNot: ["SOA"]
            ),
            Row("8.1.5 TCP", "+noedns +noad +norec +tcp", has: plain),
            Row("8.2.1 EDNS", "+nocookie +edns=0 +noad +norec", has: extended),
            Row(
                "8.2.2 EDNS version",
                "+nocookie +edns=1 +noednsneg +noad +norec",
                has: refusal,
                hasNot: ["\tIN\tSOA\tns."]
            ),
            Row("8.2.3 EDNS option", "+nocookie +edns=0 +noad +norec +ednsopt=100", has: extended, hasNot: ["OPT=100"]),
            Row("8.2.4 EDNS flag", "+nocookie +edns=0 +noad +norec +ednsflags=0x40", has: extended, hasNot: ["MBZ"]),
            Row(
                "8.2.5 EDNS version and flag",
                "+nocookie +edns=1 +noednsneg +noad +norec +ednsflags=0x40",
                has: refusal,
                hasNot: ["\tIN\tSOA\tns.", "MBZ"]
            ),
            Row(
                "8.2.6 EDNS version and option",
                "+nocookie +edns=1 +noednsneg +noad +norec +ednsopt=100",
                has: refusal,
                hasNot: ["\tIN\tSOA\tns.", "OPT=100"]
            ),
            Row(
                "8.2.7 truncation",
                "+nocookie +norec +dnssec +bufsize=512 +ignore",
                "dnskey",
                // The zone is not signed: there is nothing to cut.
                has: ["status: NOERROR", "flags: qr aa ra;", "; EDNS: version: 0, flags: do; udp: 1232"]
            ),
            Row(
                "8.2.8 DO",
                "+nocookie +edns=0 +noad +norec +dnssec",
                has: plain + ["; EDNS: version: 0, flags: do; udp: 1232"]
            ),
            Row(
                "8.2.9 EDNS version and DO",
                "+nocookie +edns=1 +noednsneg +noad +norec +dnssec",
                has: refusal + ["flags: do;"],
                hasNot: ["\tIN\tSOA\tns."]
            ),
            Row(
                "8.2.10 several options",
                "+edns=0 +noad +norec +cookie +nsid +expire +subnet=0.0.0.0/0",
                has: extended,
                hasNot: ["COOKIE", "NSID:", "EXPIRE:", "CLIENT-SUBNET:"]
            ),
        ]

        @Test func `RFC 8906, for the cluster's zone and a reverse zone, in both families`() async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                _ = try await cluster.start(node)
                for (zone, server) in [("cluster.local", "10.43.0.10"), ("42.10.in-addr.arpa", "fd00:43::a")] {
                    let ask = { (words: [String]) in
                        try await node.text("dig @\(server) +tries=1 +time=2 +nocmd \(words.joined(separator: " "))")
                    }
                    try await eventually("\(server) answers", shows: "NOERROR") { try await ask([zone, "soa"]) }
                    for row in Self.rows {
                        let reply = try await ask([row.words] + (row.type.map { [zone, $0] } ?? []))
                        for text in row.has { #expect(reply.contains(text), "\(row.section) \(zone): \(reply)") }
                        for text in row.hasNot { #expect(!reply.contains(text), "\(row.section) \(zone): \(reply)") }
                    }
                }
            }
        }
    }
}
