import DNSWire
import Metrics
import Testing

@testable import ClusterDNS

/// Into which bucket what is noted falls.
@Suite struct TrafficTallyTests {
    static let durations: [(microseconds: Int64, bucket: Int)] = [
        (-1, 0), (0, 0), (1, 0), (250, 0), (251, 1), (500, 1), (501, 2), (1000, 2), (1001, 3), (2000, 3), (4000, 4),
        (8_192_000, 15), (8_192_001, 16), (3_600_000_000, 16),
    ]

    @Test(arguments: durations)
    func `a duration counts in the first bucket that it fits in`(row: (microseconds: Int64, bucket: Int)) {
        var tally = DurationTally()
        tally.note(.microseconds(row.microseconds), count: 3)
        let counts = tally.counts.indices.map { tally.counts[$0] }
        #expect(counts == (0..<17).map { $0 == row.bucket ? 3 : 0 })
        #expect(tally.sum == UInt64(max(0, row.microseconds)) * 3000)
        if row.bucket < 16 { #expect(Double(row.microseconds) / 1e6 <= DurationHistogram.bounds[row.bucket]) }
    }

    @Test func `a size counts in the first bucket that it fits in`() {
        for size in 0...65_535 {
            var tally = SizeTally()
            tally.note(size)
            let bucket = SizeTally.bounds.firstIndex { Double(size) <= $0 } ?? SizeTally.bounds.count
            guard tally.counts[bucket] == 1, tally.sum == size else { return #expect(Bool(false), "\(size)") }
        }
    }

    static let types: [(type: RecordType, label: String)] = [
        (.a, "A"), (.aaaa, "AAAA"), (.cname, "CNAME"), (.dnskey, "DNSKEY"), (.ds, "DS"), (.mx, "MX"), (.ns, "NS"),
        (.nsec, "NSEC"), (.nsec3, "NSEC3"), (.ptr, "PTR"), (.rrsig, "RRSIG"), (.soa, "SOA"), (.srv, "SRV"),
        (.txt, "TXT"), (.https, "HTTPS"), (.svcb, "SVCB"), (.ixfr, "IXFR"), (.axfr, "AXFR"), (.any, "ANY"),
        (.hinfo, "other"), (RecordType(rawValue: 0), "other"), (RecordType(rawValue: 65_280), "other"),
    ]

    @Test(arguments: types)
    func `types have CoreDNS' labels`(row: (type: RecordType, label: String)) {
        #expect(MeasuredType(row.type).label == row.label)
        #expect(MeasuredType.allCases.count == MeasuredType.count)
    }
}
