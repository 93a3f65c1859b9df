import HTTPWire
import SeededNumbers
import Testing

/// A line of a table about connections of HTTP/2.
struct HTTP2Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let role: HTTP2Connection.Role
    let script: String
    /// What is told, and what calls return, with `|` between.
    let events: String
    /// What is sent, with `|` between.
    let frames: String

    /// Few of everything, so that the limits are near.
    static let limits: HTTP2Limits = {
        var limits = HTTP2Limits()
        limits.streams = 3
        limits.fieldOctets = 256
        limits.streamWindow = 1_000
        limits.connectionWindow = 65_535
        limits.continuations = 2
        limits.period = 1_000
        limits.resets = 4
        limits.streamFaults = 4
        limits.idleFrames = 6
        limits.answers = 100
        return limits
    }()

    static func server(_ name: String, _ script: String, _ events: String, _ frames: String = "") -> HTTP2Row {
        HTTP2Row(testDescription: name, role: .server, script: script, events: events, frames: frames)
    }

    static func client(_ name: String, _ script: String, _ events: String, _ frames: String = "") -> HTTP2Row {
        HTTP2Row(testDescription: name, role: .client, script: script, events: events, frames: frames)
    }

    /// The connection is given up in the end, and nothing is sent but that, with `last` as the last stream that was looked at.
    static func server(
        _ name: String,
        _ script: String,
        _ events: String = "",
        fails code: HTTP2ErrorCode,
        last: Int = 0
    ) -> HTTP2Row {
        failing(.server, name, script, events, code, last)
    }

    /// The same of a client's connection.
    static func client(
        _ name: String,
        _ script: String,
        _ events: String = "",
        fails code: HTTP2ErrorCode,
        last: Int = 0
    ) -> HTTP2Row {
        failing(.client, name, script, events, code, last)
    }

    private static func failing(
        _ role: HTTP2Connection.Role,
        _ name: String,
        _ script: String,
        _ events: String,
        _ code: HTTP2ErrorCode,
        _ last: Int
    ) -> HTTP2Row {
        let code = HTTP2Frame.code(code.rawValue)
        return HTTP2Row(
            testDescription: name,
            role: role,
            script: script,
            events: events.isEmpty ? "failed \(code)" : "\(events) | failed \(code)",
            frames: "GOAWAY \(last) \(code)"
        )
    }

    /// Whether the line begins with the connection itself.
    var isFromStart: Bool { script.hasPrefix("^") }

    /// Compares what happens with what should: with frames that come whole, octet by octet, and cut at random.
    func check(_ sourceLocation: SourceLocation = #_sourceLocation) {
        var numbers = SeededNumbers(seed: 9)
        let cuts: [(String, () -> Int)] = [
            ("whole", { 1 << 20 }), ("octet by octet", { 1 }), ("cut", { Int.random(in: 1...12, using: &numbers) }),
        ]
        for (name, cut) in cuts {
            var script = HTTP2Script(role, Self.limits)
            script.forget()
            if !isFromStart {
                let start = role == .server ? "preface | SETTINGS 0 | SETTINGS+ack 0" : "SETTINGS 0 | SETTINGS+ack 0"
                script.run(start) { 1 << 20 }
                script.forget()
            }
            script.run(isFromStart ? String(self.script.dropFirst()) : self.script, cut: cut)
            let events = script.events.joined(separator: " | ")
            let frames = script.sent.map(\.description).joined(separator: " | ")
            #expect(events == self.events, "\(name)", sourceLocation: sourceLocation)
            #expect(frames == self.frames, "\(name)", sourceLocation: sourceLocation)
        }
    }
}
