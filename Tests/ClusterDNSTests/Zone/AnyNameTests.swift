import ClusterFixtures
import DNSWire
import SeededNumbers
import Testing

@testable import ClusterDNS

/// Names that nobody would ask for: each gets an answer that can be read, or none.
@Suite struct AnyNameTests {
    static let words = [
        "svc", "pod", "dns", "ns", "dns-version", "cluster", "local", "testns", "hdls", "svc1", "dual", "ext", "web-0",
        "_http",
        "_tcp", "tcp", "_", "__", "_sctp", "arpa", "in-addr", "ip6", "10", "42", "43", "0", "1-2-3-4", "fd00--1", "-",
        "--", "f",
        "node1", "\u{1}", "x", String(repeating: "y", count: 63),
    ]

    static let types: [RecordType] = [
        .a, .aaaa, .srv, .ptr, .txt, .any, .soa, .ns, .cname, RecordType(rawValue: 0xffff),
    ]

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a name of random labels`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        for _ in 0..<1_000 {
            var labels: [[UInt8]] = []
            var length = 1
            for _ in 0..<Int.random(in: 0..<12, using: &random) {
                let label = Array((Self.words.randomElement(using: &random) ?? "").utf8)
                length += 1 + label.count
                if length <= 230 { labels.append(label) }
            }
            if Bool.random(using: &random) { labels += ["cluster", "local"].map { Array($0.utf8) } }
            let name = try DNSName(labels: labels).description
            let type = Self.types.randomElement(using: &random) ?? .a
            let reply = try ReferenceAnswerTests.table.ask(name, type, limit: Int.random(in: 300...600, using: &random))
            #expect([.noError, .nameError].contains(reply.code), "\(name)")
            #expect(reply.outcome != .foreign || reply.message.authorities.isEmpty, "\(name)")
        }
    }

    /// The caller has checked the name; should it not have, the name is nobody's.
    @Test(
        arguments: [[], [1], [3, 97], [64] + Array(repeating: 97, count: 64) + [0], [0xc0, 12], [5, 97, 0]] as [[UInt8]]
    )
    func `octets that are no name`(octets: [UInt8]) {
        var outcome: ZoneAnswer.Outcome?
        let written = [UInt8](capacity: 100) { message in
            let table = ReferenceAnswerTests.table
            outcome = table.answer(octets.span, hash: 0, .a, rotation: 0, into: &message).outcome
        }
        #expect(outcome == .foreign)
        #expect(written.isEmpty)
    }
}
