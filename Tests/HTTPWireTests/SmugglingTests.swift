import HTTPWire
import Testing

/// Streams of octets in which other servers have seen other messages than their neighbours did: what is seen in them
/// here, message by message, until nothing more can be. What is refused ends the connection.
@Suite struct SmugglingTests {
    private static let admin = "GET /admin HTTP/1.1⏎Host: a⏎⏎"

    static let lengthsAndCodings: [Row] = [
        Row(
            "CL.TE: the length says more than the chunks",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 35⏎Transfer-Encoding: chunked⏎⏎0⏎⏎" + admin,
            "400 content length and transfer encoding"
        ),
        Row(
            "TE.CL: the chunks say more than the length",
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎Content-Length: 4⏎⏎20⏎" + admin + "⏎0⏎⏎",
            "400 content length and transfer encoding"
        ),
        Row(
            "CL.CL: two lengths",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎Content-Length: 32⏎⏎" + admin,
            "400 more than one content length"
        ),
        Row(
            "CL.0: a length of zero, and a request behind it",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 0⏎⏎" + admin,
            "POST / [] | GET /admin"
        ),
        Row(
            "0.CL: a body that says it is a request",
            "GET / HTTP/1.1⏎Host: a⏎Content-Length: 32⏎⏎" + admin + admin,
            "GET / [" + admin + "] | GET /admin"
        ),
        Row(
            "TE.0: chunks of OPTIONS",
            "OPTIONS / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎20⏎" + admin + "⏎0⏎⏎" + admin,
            "OPTIONS / [" + admin + "] | GET /admin"
        ),
        Row(
            "no body at all, as everybody says",
            "POST / HTTP/1.1⏎Host: a⏎⏎" + admin,
            "POST / | GET /admin"
        ),
        Row(
            "a coding that is nearly chunked, and a length",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 5⏎Transfer-Encoding: xchunked⏎⏎0⏎⏎" + admin,
            "400 malformed transfer coding"
        ),
        Row(
            "a name that is nearly the right one, and a length",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 5⏎Transfer_Encoding: chunked⏎⏎0⏎⏎" + admin,
            "POST / [0⏎⏎] | GET /admin"
        ),
        Row(
            "TE.TE: two codings, of which each reader drops one",
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎Transfer-Encoding: cow⏎⏎0⏎⏎" + admin,
            "400 more than one transfer encoding"
        ),
        Row(
            "three empty codings (llhttp)",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 10⏎Transfer-Encoding:⏎Transfer-Encoding:⏎Transfer-Encoding:⏎⏎2⏎AA⏎0⏎",
            "400 malformed transfer coding"
        ),
        Row(
            "chunkedchunked (llhttp)",
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunkedchunked⏎⏎0⏎⏎" + admin,
            "400 malformed transfer coding"
        ),
        Row(
            "a coding of HTTP/1.0, kept alive",
            "POST / HTTP/1.0⏎Connection: keep-alive⏎Transfer-Encoding: chunked⏎⏎0⏎⏎" + admin,
            "400 transfer encoding in HTTP/1.0"
        ),
        Row(
            "a length with a plus (CVE-2021-32715)",
            "GET / HTTP/1.1⏎Host: a⏎Content-Length: +32⏎⏎" + admin,
            "400 malformed content length"
        ),
        Row(
            "an empty length that HAProxy dropped (CVE-2023-40225)",
            "GET / HTTP/1.1⏎Host: a⏎Content-Length:⏎⏎" + admin,
            "400 malformed content length"
        ),
        Row(
            "an empty name that HAProxy ended the head at (CVE-2023-25725)",
            "POST / HTTP/1.1⏎Host: a⏎: x⏎Content-Length: 32⏎⏎" + admin,
            "400 malformed field name"
        ),
        Row(
            "a name of 270 octets that HAProxy cut (CVE-2021-40346)",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length0" + String(repeating: "a", count: 255) + ":⏎Content-Length: 32⏎⏎"
                + admin,
            "POST / [" + admin + "]"
        ),
        Row(
            "a length whose name has a blank (CVE-2019-16869, CVE-2023-40518)",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length : 29⏎⏎" + admin,
            "400 blank before the colon of a field"
        ),
        Row(
            "a length in the first line of fields behind a tab",
            "GET / HTTP/1.1⏎\tContent-Length: 32⏎⏎" + admin,
            "400 folded field"
        ),
        Row(
            "a length folded into another field (CVE-2024-27982)",
            "POST / HTTP/1.1⏎Host: a⏎Foo: bar⏎ Content-Length: 38⏎⏎" + admin,
            "400 folded field"
        ),
        Row(
            "a coding folded behind its name (CVE-2022-32215)",
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding:⏎ chunked⏎⏎0⏎⏎" + admin,
            "400 folded field"
        ),
        Row(
            "a coding behind another field's LF (CVE-2022-32214, llhttp)",
            "POST / HTTP/1.1⏎Host: a⏎X: x\nTransfer-Encoding: chunked⏎⏎0⏎⏎" + admin,
            "400 line feed without carriage return"
        ),
        Row(
            "a coding behind an empty field's CR (CVE-2023-30589)",
            "POST / HTTP/1.1⏎Host: a⏎X:\rTransfer-Encoding: chunked⏎⏎0⏎⏎" + admin,
            "400 carriage return without line feed"
        ),
        Row(
            "an end of the head without its LF (CVE-2022-35256)",
            "GET / HTTP/1.1⏎Host: a⏎\rZGET /evil: HTTP/1.1⏎Host: a⏎⏎",
            "400 carriage return without line feed"
        ),
        Row(
            "a name with CR for a dash (llhttp)",
            "PUT / HTTP/1.1⏎Host: a⏎Content\rLength: 5⏎⏎",
            "400 malformed field name"
        ),
        Row(
            "a name with a tab for a dash",
            "PUT / HTTP/1.1⏎Host: a⏎Content\tLength: 5⏎⏎",
            "400 blank before the colon of a field"
        ),
        Row(
            "a no-break space around a coding (Tornado)",
            "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: \u{a0}chunked\u{85}⏎⏎0⏎⏎" + admin,
            "400 malformed transfer coding"
        ),
        Row(
            "a coding behind a length in one line by CR",
            "POST / HTTP/1.1⏎Host: a⏎Content-Length: 5\rTransfer-Encoding: chunked⏎⏎",
            "400 carriage return without line feed"
        ),
        Row(
            "a coding told to be of the connection",
            "POST / HTTP/1.1⏎Host: a⏎Connection: Transfer-Encoding⏎Transfer-Encoding: chunked⏎⏎0⏎⏎" + admin,
            "POST / [] | GET /admin"
        ),
        Row(
            "a length told to be of the connection",
            "POST / HTTP/1.1⏎Host: a⏎Connection: Content-Length⏎Content-Length: 32⏎⏎" + admin,
            "POST / [" + admin + "]"
        ),
        Row(
            "an expectation with a blank in its name",
            "POST / HTTP/1.1⏎Host: a⏎Expect : 100-continue⏎Content-Length: 32⏎⏎" + admin,
            "400 blank before the colon of a field"
        ),
        Row(
            "an expectation that is nearly one",
            "POST / HTTP/1.1⏎Host: a⏎Expect: y 100-continue⏎Content-Length: 32⏎⏎" + admin,
            "417 unknown expectation"
        ),
        Row(
            "two expectations",
            "POST / HTTP/1.1⏎Host: a⏎Expect: 100-continue⏎Expect: x⏎Content-Length: 32⏎⏎" + admin,
            "417 unknown expectation"
        ),
    ]

    private static let chunked = "POST / HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎⏎"

    static let chunks: [Row] = [
        Row("a size by its longest prefix (Python)", chunked + "0_2e⏎⏎" + admin + "0⏎⏎", "400 malformed chunk size"),
        Row("a size with 0x (CVE-2023-47627)", chunked + "0x20⏎" + admin + "⏎0⏎⏎", "400 malformed chunk size"),
        Row("an empty size taken for zero (Go, hyper)", chunked + "⏎⏎" + admin, "400 malformed chunk size"),
        Row(
            "a size that overflows (CVE-2013-2028)",
            chunked + "FFFFFFFFFFFFFFFED⏎" + admin,
            "400 malformed chunk size"
        ),
        Row("a size that is negative in 64 bits", chunked + "fffffffffffffff6⏎" + admin, "400 malformed chunk size"),
        Row("a size of 2^32 and some", chunked + "100000000⏎" + admin, "POST / [" + admin + "..."),
        Row("TERM.EXT: LF ends the line for one", chunked + "2;\nxx⏎20⏎0⏎⏎" + admin, "400 malformed chunk extension"),
        Row(
            "EXT.TERM: LF is of the extension for one",
            chunked + "2;a\nxy⏎0⏎⏎" + admin,
            "400 malformed chunk extension"
        ),
        Row(
            "TERM.SPILL: any two octets end the data",
            chunked + "5⏎AAAAAXX2⏎45⏎0⏎⏎" + admin,
            "400 malformed end of a chunk"
        ),
        Row("ONE.TWO: one octet ends the data", chunked + "5⏎AAAAA\n0⏎⏎" + admin, "400 malformed end of a chunk"),
        Row("ZERO.TWO: nothing ends the data", chunked + "5⏎AAAAA0⏎⏎" + admin, "400 malformed end of a chunk"),
        Row(
            "CR for the first octet, then an extension (llhttp)",
            chunked + "5\r\r;ABCD⏎34⏎E⏎0⏎⏎",
            "400 malformed chunk size"
        ),
        Row("a blank behind a size (llhttp)", chunked + "a ⏎0123456789⏎0⏎⏎", "400 malformed chunk size"),
        Row("no semicolon (llhttp)", chunked + "2 erfrferferf⏎aa⏎0⏎⏎", "400 malformed chunk size"),
        Row("quotes that do not end (llhttp)", chunked + "5;a=\"b⏎AAAAA⏎0⏎⏎", "400 malformed chunk extension"),
        Row(
            "an extension without end (CVE-2024-22019, CVE-2023-39326)",
            chunked + "1;" + String(repeating: "a", count: 5000),
            "400 chunk extensions too long"
        ),
        Row(
            "an extension at each octet (CVE-2024-22019)",
            chunked + String(repeating: "1;aaaaaaaa⏎x⏎", count: 500),
            "400 chunk extensions too long"
        ),
        Row("a body that ends with LF", chunked + "0\n\n" + admin, "400 malformed chunk size"),
        Row("trailers that end with LF", chunked + "0⏎X: y\n\n" + admin, "400 line feed without carriage return"),
        Row("trailers that a request follows at once", chunked + "0⏎" + admin, "400 blank before the colon of a field"),
        Row("trailers that frame", chunked + "0⏎Content-Length: 32⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("trailers that name a host", chunked + "0⏎Host: evil⏎⏎" + admin, "POST / [] | GET /admin"),
        Row("trailers without end", chunked + "0⏎X: " + String(repeating: "a", count: 9000), "431 fields too long"),
        Row("too many trailers", chunked + "0⏎" + String(repeating: "X: y⏎", count: 33), "431 too many fields"),
        Row("a body that never ends", chunked + "5⏎hello⏎", "POST / [hello..."),
        Row("a whole request in a chunk", chunked + "20⏎" + admin + "⏎0⏎⏎", "POST / [" + admin + "]"),
    ]

    static let places: [Row] = [
        Row(
            "another host in the target",
            "GET http://evil/ HTTP/1.1⏎Host: a⏎⏎",
            "GET / at evil"
        ),
        Row("a host behind a user", "GET http://a@evil/ HTTP/1.1⏎Host: a⏎⏎", "400 malformed request target"),
        Row("a user in Host", "GET / HTTP/1.1⏎Host: a@evil⏎⏎", "400 malformed host"),
        Row("a path in Host", "GET / HTTP/1.1⏎Host: a/evil⏎⏎", "400 malformed host"),
        Row("two hosts in one field", "GET / HTTP/1.1⏎Host: a, evil⏎⏎", "400 malformed host"),
        Row("a host folded in", "GET / HTTP/1.1⏎Host: a⏎ Host: evil⏎⏎", "400 folded field"),
        Row(
            "a second host behind a blank",
            "GET / HTTP/1.1⏎Host: a⏎Host : evil⏎⏎",
            "400 blank before the colon of a field"
        ),
        Row("a second host behind a tab", "GET / HTTP/1.1⏎\tHost: evil⏎Host: a⏎⏎", "400 folded field"),
        Row("two targets", "GET /a /admin HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("a target that is a line", "GET /a HTTP/1.1 /admin HTTP/1.1⏎Host: a⏎⏎", "400 malformed version"),
        Row("a version in the target", "GET /a%20HTTP/1.1 HTTP/1.1⏎Host: a⏎⏎", "GET /a%20HTTP/1.1"),
        Row("a method with a prefix (AIOHTTP)", "G=\":<>(e),[T];?\" /get HTTP/1.1⏎⏎", "400 malformed method"),
        Row("a version with a prefix (AIOHTTP)", "GET /test HTTP/1.32⏎⏎", "400 malformed version"),
        Row("a version with CR (FastHTTP)", "GET / HTTP/\r\r1.1⏎⏎", "400 malformed version"),
        Row("a target that is none (AIOHTTP)", "GET ! HTTP/1.1⏎⏎", "400 malformed request target"),
        Row("LF for a blank (AIOHTTP)", "GET /\nHTTP/1.1⏎⏎", "400 line feed without carriage return"),
        Row("HTTP/0.9 and more", "GET /⏎" + admin, "400 malformed version"),
        Row("the preface of HTTP/2", "PRI * HTTP/2.0⏎⏎SM⏎⏎" + admin, "preface"),
        Row("HTTP/2 in the version", "GET / HTTP/2.0⏎Host: a⏎⏎", "505 unsupported version"),
        Row(
            "an upgrade to HTTP/2 that nobody looks into",
            "GET / HTTP/1.1⏎Host: a⏎Connection: Upgrade, HTTP2-Settings⏎Upgrade: h2c⏎HTTP2-Settings: x⏎⏎",
            "GET /"
        ),
        Row("all that no name may have", "GET / HTTP/1.1⏎\u{1}\u{2} \"(),/;<=>?@[]{}: x⏎⏎", "400 malformed field name"),
        Row("a name that is not ASCII (Daphne)", "GET / HTTP/1.1⏎\u{ef}foo: bar⏎⏎", "400 malformed field name"),
        Row(
            "NUL and CR in a value (Gunicorn)",
            "GET / HTTP/1.1⏎Host: a⏎X: v\u{0}\ralue⏎⏎",
            "400 control octet in a field"
        ),
        Row("CR for a line's end (CPython)", "GET / HTTP/1.1⏎A: x\rB: y⏎⏎", "400 carriage return without line feed"),
        Row("nothing but LF", "GET / HTTP/1.1\nHost: a\n\n", "400 line feed without carriage return"),
        Row("nothing but CR", "GET / HTTP/1.1\rHost: a\r\r", "incomplete"),
        Row("empty lines between requests", admin + "⏎" + admin, "GET /admin | GET /admin"),
        Row("two empty lines between requests", admin + "⏎⏎" + admin, "GET /admin | 400 malformed method"),
        Row("octets that are no request behind one", admin + "\u{0}\u{1}", "GET /admin | 400 malformed method"),
        Row("three requests at once", String(repeating: admin, count: 3), "GET /admin | GET /admin | GET /admin"),
    ]

    @Test(arguments: lengthsAndCodings + chunks + places)
    func `a stream has the messages that it says, and what says two things is refused`(row: Row) {
        row.check { Stream.requests($0, cuts: $1) }
    }

    static let responses: [Row] = [
        Row("one and another", "HTTP/1.1 200 O⏎Content-Length: 2⏎⏎okHTTP/1.1 204 N⏎⏎", "200 [ok] | 204"),
        Row(
            "a length that is too short: the rest is no response",
            "HTTP/1.1 200 O⏎Content-Length: 2⏎⏎okay",
            "200 [ok] | malformed status line"
        ),
        Row(
            "a response in a body",
            "HTTP/1.1 200 O⏎Content-Length: 21⏎⏎HTTP/1.1 200 Evil⏎⏎",
            "200 [HTTP/1.1 200 Evil⏎⏎]"
        ),
        Row(
            "a length and chunks",
            "HTTP/1.1 200 O⏎Content-Length: 5⏎Transfer-Encoding: chunked⏎⏎0⏎⏎",
            "content length and transfer encoding"
        ),
        Row("two lengths", "HTTP/1.1 200 O⏎Content-Length: 0⏎Content-Length: 5⏎⏎hello", "more than one content length"),
        Row("a body of 204", "HTTP/1.1 204 N⏎Content-Length: 5⏎⏎hello", "204 | malformed status line"),
        Row("chunks of 304", "HTTP/1.1 304 N⏎Transfer-Encoding: chunked⏎⏎0⏎⏎", "304 | malformed status line"),
        Row("a response behind an interim one", "HTTP/1.1 100 C⏎⏎HTTP/1.1 200 O⏎Content-Length: 0⏎⏎", "100 | 200 []"),
        Row("all until the end", "HTTP/1.1 200 O⏎⏎HTTP/1.1 200 O⏎⏎", "200 [HTTP/1.1 200 O⏎⏎..."),
        Row("chunks with a bad size", "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎⏎0x5⏎hello⏎", "malformed chunk size"),
        Row("chunks with LF", "HTTP/1.1 200 O⏎Transfer-Encoding: chunked⏎⏎5\nhello⏎", "malformed chunk size"),
        Row("a field split by LF", "HTTP/1.1 200 O⏎X: y\nContent-Length: 0⏎⏎", "line feed without carriage return"),
        Row("a field split by CR", "HTTP/1.1 200 O⏎X: y\rContent-Length: 0⏎⏎", "carriage return without line feed"),
        Row("a length behind a blank", "HTTP/1.1 200 O⏎ Content-Length: 5⏎⏎hello", "folded field"),
        Row("a length before a blank", "HTTP/1.1 200 O⏎Content-Length : 5⏎⏎hello", "blank before the colon of a field"),
        Row(
            "CR behind the status line (llhttp)",
            "HTTP/1.1 200 OK\r\rContent-Length: 4⏎⏎Evil",
            "carriage return without line feed"
        ),
        Row("an empty line between responses", "HTTP/1.1 204 N⏎⏎⏎HTTP/1.1 204 N⏎⏎", "204 | malformed status line"),
    ]

    @Test(arguments: responses)
    func `a connection has the responses that it says, and what says two things is refused`(row: Row) {
        row.check { Stream.responses($0, cuts: $1) }
    }
}
