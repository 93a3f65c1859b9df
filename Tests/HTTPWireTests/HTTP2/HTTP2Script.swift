import HTTPWire

/// A connection that does what a table's line says: steps with `|` between them, a frame that comes or a call.
///
/// Calls begin with `!`: `!ok 1` and `!ok+end 1` send a head, `!send 1 7` and `!send+end 1 7` octets, `!ask` and `!ask+end`
/// begin a stream with a head, `!reset 1 8` ends one, `!credit 1 7`, `!away` and `!away+final`, `!ping`, `!time 7` lets so
/// many milliseconds pass, `!drain` lets the output leave.
struct HTTP2Script: ~Copyable {
    private var connection: HTTP2Connection
    private var pending: [UInt8] = []
    private var now: Int64 = 5
    /// What was told, and what calls returned.
    private(set) var events: [String] = []
    private(set) var sent: [HTTP2Frame] = []

    init(_ role: HTTP2Connection.Role, _ limits: HTTP2Limits) {
        connection = HTTP2Connection(role, limits)
    }

    var streamCount: Int { connection.streamCount }

    /// What has come so far and what is in the output is nothing that the line is about.
    mutating func forget() {
        connection.output.removeAll()
        events = []
        sent = []
    }

    /// - Parameter cut: how many octets come at a time.
    mutating func run(_ text: String, cut: () -> Int) {
        for step in text.split(separator: "|") {
            let words = step.split(separator: " ").map(String.init)
            guard !words.isEmpty else { continue }
            if words[0].hasPrefix("!") {
                call(words)
                continue
            }
            var octets = HTTP2Frame.octets(words.joined(separator: " "))[...]
            while !octets.isEmpty {
                let part = octets.prefix(max(cut(), 1))
                octets = octets.dropFirst(part.count)
                receive(Array(part))
            }
        }
        drain()
    }

    private mutating func drain() {
        sent += HTTP2Frame.frames(connection.output.octets)
        connection.output.removeAll()
    }

    private mutating func receive(_ octets: [UInt8]) {
        pending += octets
        let octets = pending
        var offset = 0
        while true {
            let event = connection.next(octets.span, from: &offset, now: now)
            if event == .needsMore { break }
            let text = describe(event)
            if case .failed = event {
                if events.last != text { events.append(text) }
                break
            }
            events.append(text)
        }
        pending.removeFirst(offset)
    }

    private func describe(_ event: HTTP2Event) -> String {
        switch event {
        case .needsMore: return "more"
        case .head(let stream, let isEnd):
            return "head" + (isEnd ? "+end" : "") + " \(stream)" + (connection.fields.isTooLarge ? " too large" : "")
        case .trailers(let stream): return "trailers \(stream)"
        case .data(let stream, let range, let isEnd):
            let data = range.count > 8 ? "\(range.count)" : Wire.text(pending[range])
            return "data" + (isEnd ? "+end" : "") + " \(stream)" + (data.isEmpty ? "" : " \(data)")
        case .reset(let stream, let code): return "reset \(stream) " + HTTP2Frame.code(code.rawValue)
        case .writable(let stream): return "writable \(stream)"
        case .goAway(let last, let code): return "away \(last) " + HTTP2Frame.code(code.rawValue)
        case .failed(let code): return "failed " + HTTP2Frame.code(code.rawValue)
        }
    }

    private mutating func call(_ words: [String]) {
        let names = words[0].dropFirst().split(separator: "+")
        let isEnd = names.count > 1
        let stream = words.count > 1 ? UInt32(words[1]) ?? 0 : 0
        let count = words.count > 2 ? Int(words[2]) ?? 0 : 0
        switch names[0] {
        case "ok": connection.sendFields(on: stream, isEnd: isEnd) { $0.append(status: 200, to: &$1) }
        case "ask":
            guard let stream = connection.openStream() else {
                return events.append(connection.isExhausted ? "exhausted" : "none")
            }
            connection.sendFields(on: stream, isEnd: isEnd) {
                $0.append(name: [0x61].span, value: [0x62].span, to: &$1)
            }
        case "large":
            let value = [UInt8](repeating: 0xff, count: count)
            connection.sendFields(on: stream, isEnd: isEnd) { $0.append(name: [0x61].span, value: value.span, to: &$1) }
        case "open": events.append(connection.openStream().map { "opened \($0)" } ?? "none")
        case "send":
            let data = [UInt8](repeating: 0x79, count: count)
            let taken = connection.sendData(data.span, on: stream, isEnd: isEnd)
            if taken != count { events.append("sent \(taken)") }
        case "reset": connection.reset(stream, HTTP2ErrorCode(rawValue: UInt32(count)))
        case "credit": connection.credit(stream, count)
        case "away": connection.goAway(.noError, isFinal: isEnd)
        case "ping": connection.ping()
        case "time": now += Int64(stream)
        case "drain": drain()
        case "streams": events.append("\(connection.streamCount) streams")
        default: events.append("unknown call \(names[0])")
        }
    }
}
