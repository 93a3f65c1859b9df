import Metrics
import Testing

@Suite struct ExpositionTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let families: [MetricFamily]
        let text: String

        init(_ description: String, _ families: [MetricFamily], _ lines: String...) {
            testDescription = description
            self.families = families
            text = lines.map { "\($0)\n" }.joined()
        }
    }

    static let rows: [Row] = [
        Row("nothing", []),
        Row("a family without samples", [MetricFamily("a", .gauge, "A.", [])]),
        Row("a number", [MetricFamily("a", .gauge, "A.", 1.5)], "# HELP a A.", "# TYPE a gauge", "a 1.5"),
        Row(
            "a count",
            [MetricFamily("a_total", .counter, "A.", 3 as UInt64)],
            "# HELP a_total A.",
            "# TYPE a_total counter",
            "a_total 3"
        ),
        Row(
            "labels",
            [
                MetricFamily(
                    "a",
                    .counter,
                    "A.",
                    [
                        MetricSample([MetricLabel("x", "1"), MetricLabel("y", "")], 1.0),
                        MetricSample([MetricLabel("x", "2"), MetricLabel("y", "ü")], 2.0),
                    ]
                )
            ],
            "# HELP a A.",
            "# TYPE a counter",
            #"a{x="1",y=""} 1"#,
            #"a{x="2",y="ü"} 2"#
        ),
        Row(
            "what has to be escaped",
            [MetricFamily("a", .gauge, "A \\ \"b\"\nc", [MetricSample([MetricLabel("x", "\\ \"b\"\nc")], 0.0)])],
            #"# HELP a A \\ "b"\nc"#,
            "# TYPE a gauge",
            #"a{x="\\ \"b\"\nc"} 0"#
        ),
        Row(
            "a histogram counts each bucket into the next ones",
            [
                MetricFamily(
                    "a_seconds",
                    .histogram,
                    "A.",
                    [
                        MetricSample(
                            [MetricLabel("x", "1")],
                            MetricHistogram(bounds: [0.00025, 0.5, 16_000], counts: [1, 2, 0, 4], sum: 7.25)
                        )
                    ]
                )
            ],
            "# HELP a_seconds A.",
            "# TYPE a_seconds histogram",
            #"a_seconds_bucket{x="1",le="0.00025"} 1"#,
            #"a_seconds_bucket{x="1",le="0.5"} 3"#,
            #"a_seconds_bucket{x="1",le="16000"} 3"#,
            #"a_seconds_bucket{x="1",le="+Inf"} 7"#,
            #"a_seconds_sum{x="1"} 7.25"#,
            #"a_seconds_count{x="1"} 7"#
        ),
        Row(
            "families of one name are joined, and stand in order",
            [
                MetricFamily("b", .gauge, "B.", 1.0),
                MetricFamily("a", .gauge, "A.", [MetricSample([MetricLabel("x", "1")], 1.0)]),
                MetricFamily("a", .gauge, "Other.", [MetricSample([MetricLabel("x", "2")], 2.0)]),
            ],
            "# HELP a A.",
            "# TYPE a gauge",
            #"a{x="1"} 1"#,
            #"a{x="2"} 2"#,
            "# HELP b B.",
            "# TYPE b gauge",
            "b 1"
        ),
    ]

    @Test(arguments: rows)
    func `what Prometheus reads`(row: Row) {
        #expect(Exposition(row.families).text == row.text)
    }

    static let numbers: [(number: Double, text: String)] = [
        (0, "0"), (-1, "-1"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e300, "1e+300"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"),
    ]

    @Test(arguments: numbers)
    func `numbers are written as Prometheus reads them`(row: (number: Double, text: String)) {
        #expect(Exposition([MetricFamily("a", .gauge, "A.", row.number)]).text.hasSuffix("\na \(row.text)\n"))
    }
}
