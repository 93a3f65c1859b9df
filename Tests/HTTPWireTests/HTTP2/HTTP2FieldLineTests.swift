import HTTPWire
import Testing

/// Names and values of fields of HTTP/2, which HTTP/1 has to be able to write as lines (RFC 9113 section 8.2).
@Suite struct HTTP2FieldLineTests {
    static let names: [Row] = [
        Row("a known one", "accept=1", "accept: 1"),
        Row("an unknown one", "x-a=1", "x-a: 1"),
        Row("all octets of a token", "!#$%&'*+-.^_`|~09az=1", "!#$%&'*+-.^_`|~09az: 1"),
        Row("empty", "=1", "fieldName"),
        Row("in capitals", "X-A=1", "fieldName"),
        Row("one capital of a known one", "accepT=1", "fieldName"),
        Row("a known one in capitals", "COOKIE=1", "fieldName"),
        Row("a framing one in capitals", "Content-Length=1", "fieldName"),
        Row("another in capitals", "Transfer-Encoding=chunked", "fieldName"),
        Row("a colon behind", "x-a:=1", "fieldName"),
        Row("a colon within", "x:y=1", "fieldName"),
        Row("a colon before, which makes another kind of it", ":x=1", "pseudoFields"),
        Row("a blank behind", "x =1", "fieldName"),
        Row("a blank behind a known one", "content-length =1", "fieldName"),
        Row("a blank before", " x=1", "fieldName"),
        Row("a blank before a known one", " content-length=1", "fieldName"),
        Row("a tab", "x\t=1", "fieldName"),
        Row("CR", "x\r=1", "fieldName"),
        Row("LF", "x\n=1", "fieldName"),
        Row("CR LF and another field", "x: y⏎transfer-encoding=chunked", "fieldName"),
        Row("CR LF and a request", "x: y⏎⏎GET /admin HTTP/1.1⏎x=1", "fieldName"),
        Row("NUL", "x\u{0}=1", "fieldName"),
        Row("NUL behind a known one", "content-length\u{0}=1", "fieldName"),
        Row("DEL", "x\u{7f}=1", "fieldName"),
        Row("not ASCII", "x\u{e9}=1", "fieldName"),
        Row("a known one, all bits of case turned", "content\u{d}length=1", "fieldName"),
        Row("brackets", "x(y)=1", "fieldName"),
        Row("a slash", "x/y=1", "fieldName"),
    ]

    @Test(arguments: names) func `a name is a token in small letters`(row: Row) { expect(row) }

    static let values: [Row] = [
        Row("empty", "x=", "x: "),
        Row("a blank within", "x=a b", "x: a b"),
        Row("a tab within", "x=a\tb", "x: a\tb"),
        Row("not ASCII", "x=\u{80}\u{e9}\u{ff}", "x: \u{80}\u{e9}\u{ff}"),
        Row("what looks like a field", "x=y: z", "x: y: z"),
        Row(
            "long",
            "x=\(String(repeating: "0123456789", count: 100))",
            "x: \(String(repeating: "0123456789", count: 100))"
        ),
        Row("a blank before", "x= a", "fieldValue"),
        Row("a blank behind", "x=a ", "fieldValue"),
        Row("a tab before", "x=\ta", "fieldValue"),
        Row("a tab behind", "x=a\t", "fieldValue"),
        Row("a blank alone", "x= ", "fieldValue"),
        Row("CR", "x=a\rb", "fieldValue"),
        Row("LF", "x=a\nb", "fieldValue"),
        Row("CR LF and another field", "x=a⏎transfer-encoding: chunked", "fieldValue"),
        Row("CR LF and a request", "x=a⏎⏎GET /admin HTTP/1.1⏎Host: b", "fieldValue"),
        Row("CR at the end", "x=a\r", "fieldValue"),
        Row("LF at the end", "x=a\n", "fieldValue"),
        Row("CR LF at the beginning", "x=⏎a", "fieldValue"),
        Row("NUL", "x=a\u{0}b", "fieldValue"),
        Row("NUL alone", "x=\u{0}", "fieldValue"),
        Row("a control octet", "x=a\u{1}", "fieldValue"),
        Row("DEL", "x=a\u{7f}b", "fieldValue"),
        Row("LF behind sixteen octets", "x=0123456789abcdef\n", "fieldValue"),
        Row("of a cookie", "cookie=a⏎x: y", "fieldValue"),
        Row("of a length", "content-length=0⏎x: y", "fieldValue"),
        Row("of te", "te=trailers⏎x: y", "fieldValue"),
    ]

    @Test(arguments: values) func `a value has no control octets but tabs, and no blanks around it`(row: Row) {
        expect(row)
    }

    static let connectionFields: [Row] = [
        Row("connection", "connection=close", "connectionField"),
        Row("connection, whatever it says", "connection=", "connectionField"),
        Row("keep-alive", "keep-alive=timeout=5", "connectionField"),
        Row("proxy-connection", "proxy-connection=keep-alive", "connectionField"),
        Row("transfer-encoding", "transfer-encoding=chunked", "connectionField"),
        Row("transfer-encoding that does nothing", "transfer-encoding=identity", "connectionField"),
        Row("an empty transfer-encoding", "transfer-encoding=", "connectionField"),
        Row("upgrade", "upgrade=websocket", "connectionField"),
        Row("http2-settings", "http2-settings=AAMAAABkAAQAAP__", "connectionField"),
        Row("what is only nearly one", "transfer_encoding=chunked", "transfer_encoding: chunked"),
    ]

    @Test(arguments: connectionFields) func `fields about a connection of HTTP/1 are refused`(row: Row) {
        expect(row)
        expectOfResponse(row)
        let trailers = row.outcome.contains(":") ? "0⏎\(row.outcome)⏎⏎" : row.outcome
        #expect(Translation.trailers(HTTP2Section(Wire.text(row.octets))) == trailers)
    }

    @Test(arguments: names + values) func `names and values of responses are the same`(row: Row) {
        expectOfResponse(row)
    }

    private func expect(_ row: Row) {
        let section = HTTP2Section(":method=GET | :scheme=https | :authority=a | :path=/ | " + Wire.text(row.octets))
        let outcome = row.outcome.contains(":") ? "GET / HTTP/1.1⏎Host: a⏎\(row.outcome)⏎⏎" : row.outcome
        #expect(Translation.request(section) == outcome)
    }

    private func expectOfResponse(_ row: Row) {
        let section = HTTP2Section(":status=200 | \(Wire.text(row.octets))")
        let outcome =
            row.outcome.contains(":") ? "HTTP/1.1 200 OK⏎\(row.outcome)⏎Content-Length: 0⏎⏎" : row.outcome
        #expect(Translation.response(section) == outcome)
    }
}
