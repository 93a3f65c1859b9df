import DNSWire
import Testing

@testable import ClusterDNS

/// Records and templates as texts.
@Suite struct RecordTextTests {
    static let records: [(text: String, record: String)] = [
        ("a.test. 60 IN A 10.0.0.1", "a.test. 60 IN A 10.0.0.1"),
        ("a.test IN 60 A 10.0.0.1", "a.test. 60 IN A 10.0.0.1"),
        ("a.test A 10.0.0.1 ; comment", "a.test. 3600 IN A 10.0.0.1"),
        ("a.test 1h30m aaaa fd00::1", "a.test. 5400 IN AAAA fd00::1"),
        ("a.test CNAME b.test", "a.test. 3600 IN CNAME b.test."),
        ("a.test 5 PTR b.test.", "a.test. 5 IN PTR b.test."),
        ("a.test 5 NS b.test.", "a.test. 5 IN NS b.test."),
        ("a.test 5 MX 10 b.test.", "a.test. 5 IN MX 10 b.test."),
        ("a.test 5 SRV 0 10 80 b.test.", "a.test. 5 IN SRV 0 10 80 b.test."),
        ("a.test 5 TXT \"two words\" three", "a.test. 5 IN TXT \"two words\" \"three\""),
        ("a.test 5 HINFO x y", "a.test. 5 IN HINFO \"x\" \"y\""),
        ("a.test 5 SOA n.test. h.test. 1 1h 600 1d 60", "a.test. 5 IN SOA n.test. h.test. 1 3600 600 86400 60"),
        (##"a.test 5 TYPE65280 \# 3 0a0b0c"##, ##"a.test. 5 IN TYPE65280 \# 3 0a0b0c"##),
    ]

    @Test(arguments: records) func `a line is a record`(_ row: (text: String, record: String)) throws {
        #expect(try RecordText.record(row.text).description == row.record)
    }

    @Test(
        arguments: [
            "", "a.test", "a.test 60 IN", "a.test 60 IN A", "a.test A fd00::1", "a.test A 1.2.3.4 5", "a..b A 1.2.3.4",
            "a.test TXT \"x", "a.test MX x b", "a.test SPAM x", ##"a.test TYPE65280 \# 2 0a"##,
            "a.test HTTPS 1 . alpn=h2",
        ]
    )
    func `other lines are none`(text: String) {
        #expect(throws: RecordText.Fault.self) { try RecordText.record(text) }
    }

    static let templates: [(text: String, filled: String?)] = [
        ("plain", "plain"),
        ("{{ .Name }} {{.Type}} {{ .Class }} {{.Zone}}", "x.a.test. A IN a.test."),
        ("{{ .Group.host }}-{{ index .Match 1 }}-{{ index .Group \"1\" }}", "x-x-x"),
        ("{{ .Group.0 }}", "x.a.test."),
        ("a {{- \"b\" -}}  c", "abc"),
        ("a{{/* nothing */}}b", "ab"),
        ("{{ parseInt \"ff\" 16 8 }}", "255"),
        ("{{ parseInt (index .Match 1) 36 0 }}", "33"),
        ("{{ parseInt \"100\" 16 8 }}", nil),
        ("{{ .Group.none }}", nil),
        ("{{ index .Match 9 }}", nil),
    ]

    @Test(arguments: templates) func `places are filled`(_ row: (text: String, filled: String?)) throws {
        let values = TemplateText.Values(
            name: "x.a.test.",
            zone: "a.test.",
            type: "A",
            recordClass: "IN",
            pattern: "p",
            matches: ["x.a.test.", "x"],
            groupNames: [nil, "host"]
        )
        #expect(try TemplateText(parsing: row.text).filled(with: values) == row.filled)
    }

    @Test(arguments: [
        "{{ .Name", "{{ .Meta \"a\" }}", "{{ if .Name }}a{{ end }}", "{{ .Name | printf }}", "{{ }}", "{{ $x }}",
    ])
    func `what else Go has is refused`(text: String) {
        #expect(throws: TemplateText.Fault.self) { try TemplateText(parsing: text) }
    }
}
