import Ingress
import Testing

struct ExternalNameTextTests {
    @Test(
        arguments: [
            ("outside.example", "outside.example"), ("Outside.Example.", "outside.example"), ("host", "host"),
            ("1.example", "1.example"), ("", nil), (".", nil), ("a..example", nil), ("a b.example", nil),
            ("*.example", nil), ("a_b.example", nil), ("-a.example", nil), ("a.example:80", nil),
            (String(repeating: "a", count: 64) + ".example", nil),
        ] as [(String, String?)]
    )
    func `names`(text: String, wanted: String?) {
        #expect(ExternalName(text)?.text == wanted)
    }
}
