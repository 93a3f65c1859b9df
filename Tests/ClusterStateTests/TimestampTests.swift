import ClusterState
import Testing

/// 2026-01-31T12:00:00Z is 1 769 860 800 seconds after 1970 began.
@Suite struct TimestampTests {
    private static let noon = 1_769_860_800.0

    @Test(
        arguments: [
            ("2026-01-31T12:00:00Z", noon),
            ("2026-01-31T12:00:00.25Z", noon + 0.25),
            ("2026-01-31T12:00:00.000000001Z", noon + 1e-9),
            ("2026-01-31T14:30:00+02:30", noon),
            ("2026-01-31T11:00:00.5-01:00", noon + 0.5),
            ("1970-01-01T00:00:00Z", 0),
            ("", nil),
            ("2026-01-31", nil),
            ("2026-01-31T12:00:00", nil),
            ("2026-01-31 12:00:00Z", nil),
            ("2026-13-31T12:00:00Z", nil),
            ("2026-01-31T12:00:00.Z", nil),
            ("2026-01-31T12:00:00.1234567890Z", nil),
            ("2026-01-31T12:00:00+24:00", nil),
            ("2026-01-31T12:00:00+02", nil),
            ("2026-01-31T12:00:00Z\n", nil),
            ("2026-01-31T12:00:0\u{301}0Z", nil),
        ] as [(String, Double?)]
    )
    func `moments have decimals and zones`(text: String, wanted: Double?) {
        #expect(Timestamp.moment(text) == wanted)
    }
}
