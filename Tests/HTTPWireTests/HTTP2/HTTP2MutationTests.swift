import HTTPWire
import SeededNumbers
import Testing

/// Frames that are nearly right, and octets that are nothing: a trap ends the run, and they are told the same however they
/// are cut.
@Suite struct HTTP2MutationTests {
    private static let frames = [
        "GET 1", "POST 3", "GET 5", "POST 7", "HEADERS 9 82", "CONTINUATION+fields 9 84", "TRAILERS 3", "OK 1",
        "EARLY 1", "DATA 3 \"abc\"", "DATA+end 3 x*600", "DATA+end+padded 7 u8:3 \"abc\" 000000", "DATA 1",
        "RESET 3 u32:8",
        "WINDOW 0 u32:7", "WINDOW 3 u32:2147483647", "WINDOW 1 u32:0", "SETTINGS 0 4=5 5=20000", "SETTINGS 0 3=1 1=0",
        "SETTINGS+ack 0", "PING 0 \"12345678\"", "PRIORITY 3 u32:3 00", "GOAWAY 0 u32:1 u32:0", "X 3 \"abc\"",
        "HEADERS+fields 3 learn", "HEADERS+end+fields 11 known", "HEADERS+end+fields+priority 13 u32:1 10 get",
        "PUSH+fields 1 u32:2 get",
    ]

    private static let calls = [
        "!ok 1", "!ok+end 3", "!send 1 700", "!send+end 1 9", "!reset 3 8", "!credit 3 600", "!away", "!away+final",
        "!ask", "!ask+end", "!ask+end", "!ping", "!time 999", "!drain", "!large 1 40000",
    ]

    @Test(arguments: [HTTP2Connection.Role.server, .client])
    func `mutated frames are told the same, however they are cut`(role: HTTP2Connection.Role) {
        var numbers = SeededNumbers(seed: role == .server ? 11 : 12)
        var outcomes: [String: Int] = [:]
        for round in 0..<200 {
            let steps = (0..<12).map { _ in Self.step(&numbers) }.joined(separator: " | ")
            let start =
                (role == .server
                    ? "preface | SETTINGS 0 | GET 1 | POST 3 | " : "SETTINGS 0 | !ask+end | !ask | OK 3 | ")
                + steps
            let whole = Self.outcome(role, start) { 1 << 20 }
            var cuts = numbers
            let parts = Self.outcome(role, start) { Int.random(in: 1...20, using: &cuts) }
            if whole != parts {
                Issue.record("round \(round): \(whole), in parts \(parts): \(start)")
                return
            }
            for word in whole.split(whereSeparator: { " +".contains($0) }) { outcomes[String(word), default: 0] += 1 }
        }
        for word in ["head", "data", "reset", "failed", "GOAWAY", "RESET"] {
            #expect(outcomes[word, default: 0] > 3, "\(word)")
        }
    }

    @Test(arguments: [HTTP2Connection.Role.server, .client])
    func `octets of any kind are no trap`(role: HTTP2Connection.Role) {
        var numbers = SeededNumbers(seed: 13)
        for _ in 0..<100 {
            var octets = role == .server ? HTTP2Frame.preface : []
            octets += HTTP2Frame.octets("SETTINGS 0")
            for _ in 0..<40 {
                // Headers that are likely, payloads that are not.
                let length = Int.random(in: 0...20, using: &numbers)
                octets += [0, 0, UInt8(length), UInt8.random(in: 0...10, using: &numbers)]
                octets += [
                    UInt8.random(in: 0...0xff, using: &numbers), 0, 0, 0, UInt8.random(in: 0...9, using: &numbers),
                ]
                octets += (0..<length).map { _ in UInt8.random(in: 0...0xff, using: &numbers) }
            }
            var connection = HTTP2Connection(role, HTTP2Row.limits)
            var offset = 0
            while true {
                let event = connection.next(octets.span, from: &offset, now: 0)
                if event == .needsMore { break }
                if case .failed = event { break }
                if case .data(let stream, let range, _) = event {
                    #expect(range.upperBound <= octets.count)
                    connection.credit(stream, range.count)
                }
            }
        }
    }

    private static func outcome(_ role: HTTP2Connection.Role, _ text: String, cut: () -> Int) -> String {
        var script = HTTP2Script(role, HTTP2Row.limits)
        script.run(text, cut: cut)
        return (script.events + script.sent.map(\.description)).joined(separator: " | ")
    }

    /// A frame, a call, or a frame with an octet that is another one.
    private static func step(_ numbers: inout SeededNumbers) -> String {
        if Int.random(in: 0..<3, using: &numbers) == 0 { return calls.randomElement(using: &numbers) ?? "" }
        var octets = HTTP2Frame.octets(frames.randomElement(using: &numbers) ?? "")
        if Int.random(in: 0..<6, using: &numbers) == 0 {
            // Not the upper octets of the length: all that follows would be waited for.
            let place = Int.random(in: 2..<octets.count, using: &numbers)
            octets[place] ^= 1 << UInt8.random(in: 0...7, using: &numbers)
        }
        return "raw " + octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
