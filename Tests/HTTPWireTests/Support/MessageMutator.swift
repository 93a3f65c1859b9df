import SeededNumbers

/// Messages that are nearly right: real ones with octets changed, lines repeated, cut, or joined to others.
struct MessageMutator {
    var generator: SeededNumbers

    init(seed: UInt64) {
        generator = SeededNumbers(seed: seed)
    }

    static let requests = [
        "GET / HTTP/1.1⏎Host: a⏎⏎",
        "GET /a/../b%2e?c=d HTTP/1.1⏎Host: example.org:8080⏎Accept: */*⏎Connection: keep-alive, x-y⏎X-Y: z⏎⏎",
        "POST /form HTTP/1.1⏎Host: a⏎Content-Length: 5⏎Expect: 100-continue⏎⏎hello",
        "PUT http://b/c HTTP/1.1⏎Host: a⏎Transfer-Encoding: chunked⏎TE: trailers⏎⏎5⏎hello⏎0⏎X: y⏎⏎",
        "GET /chat HTTP/1.1⏎Host: [::1]⏎Connection: Upgrade⏎Upgrade: websocket⏎Sec-WebSocket-Key: x⏎⏎",
        "OPTIONS * HTTP/1.0⏎Connection: close⏎⏎",
        "⏎DELETE /a HTTP/1.1⏎hOST:\ta \t⏎X:⏎\u{e9}⏎⏎",
    ]

    static let responses = [
        "HTTP/1.1 200 OK⏎Content-Length: 5⏎Date: x⏎⏎hello",
        "HTTP/1.1 404 Not Found⏎Transfer-Encoding: chunked⏎Connection: x-y, close⏎X-Y: z⏎⏎0⏎⏎",
        "HTTP/1.0 200 OK⏎Content-Type: text/html⏎⏎<html>",
        "HTTP/1.1 101 Switching Protocols⏎Connection: upgrade⏎Upgrade: websocket⏎⏎",
        "HTTP/1.1 304⏎ETag: \"a\"⏎⏎",
    ]

    static let bodies = [
        "5⏎hello⏎6;a=b⏎ world⏎0⏎⏎", "0⏎⏎", "a⏎0123456789⏎0;x⏎X: y⏎Grpc-Status: 0⏎⏎GET /",
        "1⏎⏎⏎10⏎0123456789abcdef⏎000⏎⏎",
    ]

    static let paths = ["/a/../b", "/a/%2e%2E/%61//b/.", "/%2F..%2f/./c%25", "/.well-known/a", "/a/b/c", "//a/..//b/"]

    mutating func message(of kinds: [String]) -> [UInt8] {
        var message = Wire.octets(kinds.randomElement(using: &generator) ?? "")
        // Few changes mostly: what has many is refused before it is interesting.
        let most = Int.random(in: 0...5, using: &generator)
        for _ in 0..<Int.random(in: 0...most, using: &generator) { mutate(&message) }
        return message
    }

    /// Where to cut a message into parts.
    mutating func cuts(of message: [UInt8]) -> [Int] {
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in Int.random(in: 0...message.count, using: &generator) }
            .sorted()
    }

    /// Octets that mean something somewhere, or nearly.
    private static let telling =
        Array("\r\n\r\n\r\n \t\u{0}\u{b}\u{c}\u{7f}:,;=\"'0159afAFgx-+_./%?#@[]*".utf8) + [0x80, 0xa0, 0xff]
    private static let snippets = [
        "⏎", "⏎⏎", "\n", "\r", " ", "⏎ ", "Host: b⏎", "Content-Length: 5⏎", "Content-Length: 0⏎",
        "Transfer-Encoding: chunked⏎", "Connection: close⏎", "Connection: content-length⏎", "chunked", ", ", "0⏎⏎",
        "/..",
        "%2e", "//", " HTTP/1.1⏎", "http://c", "5⏎", ";x", "Upgrade: h2c⏎", "X : y⏎",
    ]

    private mutating func mutate(_ message: inout [UInt8]) {
        guard let place = message.indices.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<9, using: &generator) {
        case 0: message[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: message[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: message[place] = Self.telling.randomElement(using: &generator) ?? 0
        case 3: message.insert(Self.telling.randomElement(using: &generator) ?? 0, at: place)
        case 4: message.removeSubrange(place...)
        case 5: message.remove(at: place)
        case 6: repeatLine(at: place, in: &message)
        case 7: message += message[..<place]
        default:
            message.insert(
                contentsOf: Wire.octets(Self.snippets.randomElement(using: &generator) ?? ""),
                at: lineStart(place, message)
            )
        }
    }

    private mutating func repeatLine(at place: Int, in message: inout [UInt8]) {
        let start = lineStart(place, message)
        let end = message[place...].firstIndex(of: 10).map { $0 + 1 } ?? message.count
        message.insert(contentsOf: Array(message[start..<end]), at: start)
    }

    /// Where the line begins that `place` is in, or `place` itself now and then.
    private mutating func lineStart(_ place: Int, _ message: [UInt8]) -> Int {
        guard Int.random(in: 0..<3, using: &generator) > 0 else { return place }
        return message[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
    }
}
