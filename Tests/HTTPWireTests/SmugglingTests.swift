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

    @Test(arguments: lengthsAndCodings + places)
    func `a stream has the messages that it says, and what says two things is refused`(row: Row) {
        row.check { Stream.requests($0, cuts: $1) }
    }
}
