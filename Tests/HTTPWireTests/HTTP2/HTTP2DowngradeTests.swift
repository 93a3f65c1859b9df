import HTTPWire
import SeededNumbers
import Testing

/// Requests of HTTP/2 that have made proxies write two requests of HTTP/1, or one whose end the next server sees elsewhere.
@Suite struct HTTP2DowngradeTests {
    private static let post = ":method=POST | :scheme=https | :authority=a | :path=/"
    private static let get = ":method=GET | :scheme=https | :authority=a | :path=/"
    private static let admin = "GET /admin HTTP/1.1⏎Host: b⏎⏎"

    static let rows: [Row] = [
        Row(
            "H2.CL: a length of zero, and a body: only what was said may come",
            "\(post) | content-length=0 | then body",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎"
        ),
        Row("H2.CL: a length where the stream ends", "\(get) | content-length=35", "contentLength"),
        Row("H2.CL: a length in capitals", "\(post) | Content-Length=0 | then body", "fieldName"),
        Row("H2.CL: two lengths", "\(post) | content-length=0 | content-length=35 | then body", "contentLength"),
        Row("H2.TE: chunks", "\(post) | transfer-encoding=chunked | then body", "connectionField"),
        Row("H2.TE: chunks in capitals", "\(post) | Transfer-Encoding=chunked | then body", "fieldName"),
        Row("H2.TE: chunks behind a tab", "\(post) | transfer-encoding=\tchunked | then body", "fieldValue"),
        Row("H2.TE: a name with a blank", "\(post) | transfer-encoding =chunked | then body", "fieldName"),
        Row("H2.TE: a name with a colon", "\(post) | transfer-encoding:=chunked | then body", "fieldName"),
        Row("H2.TE: a name and a value in one", "\(post) | transfer-encoding: chunked=x | then body", "fieldName"),
        Row(
            "H2.TE: and a length",
            "\(post) | content-length=4 | transfer-encoding=chunked | then body",
            "connectionField"
        ),
        Row(
            "H2.0: a body of GET that nothing frames",
            "\(get) | then body",
            "GET / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"
        ),
        Row(
            "H2.X: a body of POST that nothing frames",
            "\(post) | then body",
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"
        ),
        Row("a value with a field", "\(post) | foo=bar⏎Transfer-Encoding: chunked | then body", "fieldValue"),
        Row("a value with a field, by LF", "\(post) | foo=bar\nTransfer-Encoding: chunked | then body", "fieldValue"),
        Row("a value with a request", "\(get) | foo=bar⏎⏎\(admin)", "fieldValue"),
        Row("a value with a host", "\(get) | foo=bar⏎Host: b", "fieldValue"),
        Row("a name with a field", "\(post) | foo: bar⏎transfer-encoding=chunked | then body", "fieldName"),
        Row("a name with a request", "\(get) | foo: bar⏎⏎get /admin http/1.1⏎x=y", "fieldName"),
        Row("a known name with a field", "\(get) | cookie: a⏎x=y", "fieldName"),
        Row(
            "a method with a request line",
            "\(get.replacing("=GET", with: "=GET /admin HTTP/1.1⏎Host: b⏎⏎GET"))",
            "method"
        ),
        Row("a method with a path", "\(get.replacing("=GET", with: "=GET /admin?"))", "method"),
        Row(
            "a path with a request line",
            "\(get.replacing("=/", with: "=/ignored HTTP/1.1⏎Host: b⏎⏎GET /admin"))",
            "path"
        ),
        Row("a path with a version", "\(get.replacing("=/", with: "=/admin HTTP/1.1"))", "path"),
        Row("a path with an authority", "\(get.replacing("=/", with: "=http://b/admin"))", "path"),
        Row("a scheme with a URI", "\(get.replacing("=https", with: "=http://b/?"))", "scheme"),
        Row("a scheme with a request", "\(get.replacing("=https", with: "=http⏎⏎\(admin)"))", "scheme"),
        Row("an authority with a path", "\(get.replacing("=a", with: "=a/admin?"))", "authority"),
        Row("an authority with a field", "\(get.replacing("=a", with: "=a⏎Transfer-Encoding: chunked"))", "authority"),
        Row("another host behind the authority", "\(get) | host=b", "authority"),
        Row("another path behind the fields", "\(get) | foo=bar | :path=/admin", "pseudoFields"),
        Row("a change of protocol", "\(get) | connection=Upgrade, HTTP2-Settings | upgrade=h2c", "connectionField"),
        Row("fields that Connection would remove", "\(get) | connection=close, x-forwarded-for", "connectionField"),
        Row("another path behind a blank", "\(get) | x=x⏎:path : /admin", "fieldValue"),
        Row("another path in the path", "\(get.replacing("=/", with: "=/⏎:path: /admin"))", "path"),
        Row(
            "chunks in the authority",
            "\(post.replacing("=a", with: "=a:443⏎transfer-encoding: chunked⏎x: x"))",
            "authority"
        ),
        Row(
            "chunks in the path",
            "\(post.replacing("=/", with: "=/ HTTP/1.1⏎transfer-encoding: chunked⏎x: x"))",
            "path"
        ),
        Row(
            "chunks in the scheme",
            "\(post.replacing("=https", with: "=https://a/ HTTP/1.1⏎transfer-encoding: chunked⏎x: x"))",
            "scheme"
        ),
        Row(
            "chunks in the method",
            "\(post.replacing("=POST", with: "=POST / HTTP/1.1⏎transfer-encoding: chunked⏎x: x"))",
            "method"
        ),
        Row("chunks behind a grave accent", "\(post) | transfer-encoding`chunked⏎xz=x | then body", "fieldName"),
        Row("chunks in a name with a blank", "\(post) | transfer-encoding chunked =chunked | then body", "fieldName"),
        Row("chunks of a pseudo-header", "\(post) | :transfer-encoding=chunked | then body", "pseudoFields"),
        Row(
            "chunks with an underscore, which is another field",
            "\(post) | transfer_encoding=chunked | then body",
            "POST / HTTP/1.1⏎Host: a⏎transfer_encoding: chunked⏎Transfer-Encoding: chunked⏎⏎"
        ),
        Row("chunks that TE takes", "\(post) | te=chunked | then body", "connectionField"),
        Row(
            "a length told to be of the connection",
            "\(post) | connection=content-length | content-length=0",
            "connectionField"
        ),
        Row("a length with a plus", "\(post) | content-length=+0 | then body", "contentLength"),
        Row("a length with a blank", "\(post) | content-length= 0 | then body", "fieldValue"),
        Row("a list of lengths", "\(post) | content-length=0, 0 | then body", "contentLength"),
        Row("no length", "\(post) | content-length= | then body", "contentLength"),
        Row("a length in another base", "\(post) | content-length=0x0 | then body", "contentLength"),
        Row(
            "a length with an underscore",
            "\(post) | content_length=35",
            "POST / HTTP/1.1⏎Host: a⏎content_length: 35⏎Content-Length: 0⏎⏎"
        ),
        Row(
            "an expectation of a length",
            "\(post) | expect=100-continue | content-length=0",
            "POST / HTTP/1.1⏎Host: a⏎expect: 100-continue⏎Content-Length: 0⏎⏎"
        ),
    ]

    @Test(arguments: rows) func `nothing of a request becomes another one`(row: Row) {
        #expect(Translation.request(HTTP2Section(Wire.text(row.octets))) == row.outcome)
    }

    /// Parts of fields, among them those that no field may have.
    private struct SectionMaker {
        var numbers: SeededNumbers

        private static let names = [
            ":method", ":scheme", ":authority", ":path", ":status", ":x", "host", "content-length", "te", "cookie", "x",
            "transfer-encoding", "connection", "accept", "X", "x ", "x:", "", "x\r\n", ":protocol",
            "sec-websocket-key", "sec-websocket-accept",
        ]
        private static let values = [
            "GET", "POST", "CONNECT", "OPTIONS", "http", "https", "a", "b", "A", "a:1", "/", "/b?c", "*", "/b c", "/#",
            "0",
            "5", "5, 5", "+5", "trailers", "", " ", "a ", "\t", "a\r\nx: y", "\u{0}", "\u{e9}", "/\u{e9}", "chunked",
            "200", "websocket",
        ]

        private mutating func any<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &numbers)]
        }

        mutating func section() -> HTTP2Section {
            var section = HTTP2Section("")
            section.isEnd = Bool.random(using: &numbers)
            let method = any(["GET", "POST", "CONNECT", "OPTIONS", "HEAD"])
            section.fields = [(":method", method)]
            let isExtended = method == "CONNECT" && Bool.random(using: &numbers)
            if isExtended { section.fields.append((":protocol", any(["websocket", "WebSocket", "a"]))) }
            if method != "CONNECT" || isExtended {
                section.fields += [(":scheme", "http"), (":path", any(["/", "/b?c", "*"]))]
            }
            section.fields.append((":authority", any(["a", "a:1", ""])))
            for _ in 0..<Int.random(in: 0...4, using: &numbers) {
                let field = (any(Array(Self.names[6...10])), any(["a", "0", "5", "trailers", "", "\u{e9}"]))
                section.fields.append(field)
            }
            for _ in 0..<Int.random(in: 0...2, using: &numbers) {
                let index = Int.random(in: 0..<section.fields.count, using: &numbers)
                switch Int.random(in: 0..<4, using: &numbers) {
                case 0: section.fields[index].name = any(Self.names)
                case 1: section.fields[index].value = any(Self.values)
                case 2: section.fields.swapAt(index, Int.random(in: 0..<section.fields.count, using: &numbers))
                default: section.fields.insert((any(Self.names), any(Self.values)), at: index)
                }
            }
            return section
        }
    }

    @Test func `whatever is written of fields at random is read as the same request`() {
        var maker = SectionMaker(numbers: SeededNumbers(seed: 5))
        var outcomes: [String: Int] = [:]
        for _ in 0..<4_000 {
            let outcome = Translation.request(maker.section())
            outcomes[outcome.contains("⏎") ? "written" : outcome, default: 0] += 1
        }
        for outcome in [
            "written", "pseudoFields", "authority", "contentLength", "connectionField", "path", "fieldValue",
        ] {
            #expect(outcomes[outcome] ?? 0 > 20, "\(outcome): \(outcomes)")
        }
    }
}
