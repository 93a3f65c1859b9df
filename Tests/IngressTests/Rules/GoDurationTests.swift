import Testing

@testable import Ingress

@Suite struct GoDurationTests {
    @Test(arguments: [
        ("1s", 1.0), ("90", 90), ("0", 0), ("1m30s", 90), ("1.5h", 5_400), ("100ms", 0.1), ("1h1m1s", 3_661),
        ("250us", 0.00025), ("250µs", 0.00025), ("1e3", nil), ("", nil), ("s", nil), ("1", 1), ("1x", nil),
        ("-1s", nil), ("1 s", nil), ("1s ", nil), ("٣s", nil), ("1.2.3s", nil), ("99999999999999999999", nil),
        ("9999999h", nil),
    ])
    func `times are read as Go writes them`(text: String, seconds: Double?) {
        #expect(GoDuration.parse(text) == seconds.map { .nanoseconds(Int64(($0 * 1e9).rounded())) })
    }
}
