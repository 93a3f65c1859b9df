import Foundation
import HTTPPeers
import Testing

extension Nodes {
    /// Requests that two programs in a row could read differently. Each is refused before a backend hears of it.
    @Suite struct IngressRefusalTests {
        private struct Row {
            let name: String
            let octets: [UInt8]
            let statuses: Set<Int>

            /// Where the request ends is beyond doubt: the connection may go on.
            var isWhole = false

            /// - Parameter text: `^` stands for the end of a line.
            init(_ name: String, _ text: String, _ statuses: Int...) {
                self.name = name
                octets = Array(text.replacing("^", with: "\r\n").utf8)
                self.statuses = Set(statuses)
            }

            var whole: Row {
                var row = self
                row.isWhole = true
                return row
            }
        }

        private static let smuggled = "GET /smuggled HTTP/1.1^Host: web.test^^"
        private static let head = "POST / HTTP/1.1^Host: web.test^"

        private static let rows: [Row] = [
            Row("two framings", head + "Content-Length: 4^Transfer-Encoding: chunked^^0^^" + smuggled, 400),
            Row("the same, the other way round", head + "Transfer-Encoding: chunked^Content-Length: 4^^0^^", 400),
            Row("two lengths", head + "Content-Length: 4^Content-Length: 5^^abcd" + smuggled, 400),
            Row("a length twice", head + "Content-Length: 4^Content-Length: 4^^abcd", 400),
            Row("a list of lengths", head + "Content-Length: 4, 4^^abcd", 400),
            Row("a signed length", head + "Content-Length: +4^^abcd", 400),
            Row("a negative length", head + "Content-Length: -1^^", 400),
            Row("a hexadecimal length", head + "Content-Length: 0x4^^abcd", 400),
            Row("a length with a blank in it", head + "Content-Length: 4 4^^abcd", 400),
            Row("no length", head + "Content-Length:^^", 400),
            Row("a length beyond 64 bits", head + "Content-Length: 18446744073709551620^^abcd", 400, 413),
            Row("nearly chunked", head + "Transfer-Encoding: xchunked^^0^^" + smuggled, 400, 501),
            Row("chunked in quotes", head + "Transfer-Encoding: \"chunked\"^^0^^" + smuggled, 400, 501),
            Row("chunked behind a vertical tab", head + "Transfer-Encoding: \u{b}chunked^^0^^" + smuggled, 400, 501),
            Row("chunked twice", head + "Transfer-Encoding: chunked, chunked^^0^^", 400, 501),
            Row("chunked in two lines", head + "Transfer-Encoding: chunked^Transfer-Encoding: identity^^0^^", 400, 501),
            Row("another coding last", head + "Transfer-Encoding: chunked, gzip^^0^^", 400, 501),
            Row("no coding", head + "Transfer-Encoding:^^0^^", 400, 501),
            Row("chunked in HTTP/1.0", "POST / HTTP/1.0^Host: web.test^Transfer-Encoding: chunked^^0^^", 400),
            Row("a blank before the colon", head + "Transfer-Encoding : chunked^^0^^" + smuggled, 400),
            Row("a folded line", head + "X: a^ Transfer-Encoding: chunked^^0^^", 400),
            Row("a blank before the first field", "GET / HTTP/1.1^ Host: web.test^^", 400),
            Row("no name", head + ": a^^", 400),
            Row("no colon", head + "nonsense^^", 400),
            Row("a line that ends in LF alone", "GET / HTTP/1.1\nHost: web.test^^", 400),
            Row("a head that ends in LF alone", "GET / HTTP/1.1^Host: web.test\n\n" + smuggled, 400),
            Row("CR alone in a value", head + "X: a\rContent-Length: 4^^abcd", 400),
            Row("NUL in a value", head + "X: a\0b^^", 400),
            Row("NUL in a name", head + "X\0Y: a^^", 400),
            Row("no host", "GET / HTTP/1.1^X: y^^", 400),
            Row("two hosts", "GET / HTTP/1.1^Host: web.test^Host: web.test^^", 400),
            Row("a host that is none", "GET / HTTP/1.1^Host: web.test/x^^", 400),
            Row("a host with a user", "GET / HTTP/1.1^Host: a@web.test^^", 400),
            Row("a list of hosts", "GET / HTTP/1.1^Host: web.test, other.test^^", 400),
            Row("two blanks in the first line", "GET  / HTTP/1.1^Host: web.test^^", 400),
            Row("a tab in the first line", "GET\t/ HTTP/1.1^Host: web.test^^", 400),
            Row("no version", "GET /^Host: web.test^^", 400),
            Row("a blank behind the version", "GET / HTTP/1.1 ^Host: web.test^^", 400, 505),
            Row("a version of another protocol", "GET / HTTP/2.0^Host: web.test^^", 400, 505),
            Row("a version in lower case", "GET / http/1.1^Host: web.test^^", 400, 505),
            Row("a relative target", "GET smuggled HTTP/1.1^Host: web.test^^", 400),
            Row("a fragment", "GET /a#b HTTP/1.1^Host: web.test^^", 400).whole,
            Row("half an escape", "GET /a%2 HTTP/1.1^Host: web.test^^", 400).whole,
            Row("a method that is no word", "GE(T / HTTP/1.1^Host: web.test^^", 400),
            Row("CONNECT", "CONNECT web.test:80 HTTP/1.1^Host: web.test^^", 405, 501).whole,
            Row("TRACE", "TRACE / HTTP/1.1^Host: web.test^^", 405).whole,
            Row("a target of 9 KiB", "GET /\(String(repeating: "a", count: 9_000)) HTTP/1.1^Host: web.test^^", 414),
            Row("200 fields", head + String(repeating: "X: y^", count: 200) + "^", 431),
            Row("fields of 70 KiB", head + "X: \(String(repeating: "y", count: 70_000))^^", 431),
        ]

        @Test func `what could be read in two ways is refused, and no backend sees any of it`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                for row in Self.rows {
                    let client = try ingress.client()
                    client.send(row.octets)
                    do {
                        let answer = try client.readMessage()
                        #expect(row.statuses.contains(answer.status ?? 0), "\(row.name): \(answer.startLine)")
                        if row.isWhole { continue }
                        #expect(answer["connection"].map { $0.lowercased() } == ["close"], "\(row.name)")
                        #expect(try client.readToEnd().octets == [], "\(row.name)")
                    } catch {
                        Issue.record(error, "\(row.name)")
                    }
                }
                #expect(try backend.acceptNow() == nil)
            }
        }

        /// The head has gone to the backend by then; what must not come is the end of the body, or what hides behind it.
        @Test(arguments: [
            "0x4^abcd^0^^", "-4^abcd^0^^", "+4^abcd^0^^", " 4^abcd^0^^", "4 ^abcd^0^^", "4\nabcd^0^^", "4^abcdXX0^^",
            "4^abcd\n0^^", "11111111111111114^abcd^0^^", "4;a\nb^abcd^0^^", "^abcd^0^^", "zz^abcd^0^^",
        ])
        func `a body of chunks that are none ends the connection`(body: String) async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.listen()
                let client = try ingress.client()
                let text = "\(Self.head)Transfer-Encoding: chunked^^\(body)\(Self.smuggled)"
                client.send(Array(text.replacing("^", with: "\r\n").utf8))
                let answer = try client.readMessage()
                #expect(answer.status == 400)
                #expect(try client.readToEnd().octets == [])
                while let upstream = try backend.acceptNow() {
                    let seen = String(decoding: try upstream.readToEnd().octets, as: UTF8.self)
                    #expect(!seen.contains("0\r\n\r\n") && !seen.contains("smuggled"), "\(seen)")
                }
            }
        }
    }
}
