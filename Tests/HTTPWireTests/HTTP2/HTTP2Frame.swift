/// A frame as the tables write it: kind, flags, stream and payload, such as `DATA+end+padded 1 u8:2 "body" 0000`.
///
/// A payload is made of hexadecimal octets, of `"text"` without blanks, of numbers such as `u32:7`, of so many letters such
/// as `x*7`, of settings such as `4=100`, and of field blocks that have a name. `length=7` tells another length than it has.
struct HTTP2Frame {
    var kind: UInt8
    var flags: UInt8
    var stream: UInt32
    var payload: [UInt8] = []

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    static let kinds = [
        "DATA", "HEADERS", "PRIORITY", "RESET", "SETTINGS", "PUSH", "PING", "GOAWAY", "WINDOW", "CONTINUATION",
    ]

    static let codes = [
        "NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED",
        "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM",
    ]

    private static let flagNames: [(name: String, bit: UInt8)] = [
        ("end", 0x01), ("ack", 0x01), ("fields", 0x04), ("padded", 0x08), ("priority", 0x20), ("all", 0xff),
    ]

    /// Whole messages: the flags and the payload of their frame of HEADERS.
    private static let messages = [
        "GET": "HEADERS+end+fields # get", "POST": "HEADERS+fields # get", "OK": "HEADERS+fields # ok",
        "EMPTY": "HEADERS+end+fields # ok", "EARLY": "HEADERS+fields # early",
        "TRAILERS": "HEADERS+end+fields # trailers",
    ]

    private static let blocks: [String: [UInt8]] = [
        // GET https://a/
        "get": [0x82, 0x84, 0x87, 0x01, 0x01, 0x61],
        "ok": [0x88],
        "early": [0x08, 0x03] + Array("103".utf8),
        "trailers": [0x00, 0x01, 0x61, 0x01, 0x62],
        // Goes into the table, where it is found by `known`.
        "learn": [0x82, 0x84, 0x87, 0x40, 0x01, 0x61, 0x01, 0x62],
        "known": [0x82, 0x84, 0x87, 0xbe],
        "broken": [0x80],
    ]

    /// The octets of what a table says is sent: a frame, `preface`, or `raw` octets.
    static func octets(_ text: String) -> [UInt8] {
        if text == "preface" { return preface }
        var words = text.split(separator: " ").map(String.init)
        if words[0] == "raw" { return words.dropFirst().flatMap(item) }
        if let message = messages[words[0]] {
            words = message.replacing("#", with: words[1]).split(separator: " ").map(String.init) + words.dropFirst(2)
        }
        let names = words[0].split(separator: "+").map(String.init)
        let kind = UInt8(kinds.firstIndex(of: names[0]) ?? 0xbb)
        let flags = names.dropFirst().reduce(0) { flags, name in flags | (flagNames.first { $0.name == name }?.bit ?? 0)
        }
        let payload = words.dropFirst(2).filter { !$0.hasPrefix("length=") }.flatMap(item)
        let length = words.first { $0.hasPrefix("length=") }.flatMap { Int($0.dropFirst(7)) } ?? payload.count
        return number(UInt64(length), 3) + [kind, flags] + number(UInt64(words[1]) ?? 0, 4) + payload
    }

    private static func item(_ word: String) -> [UInt8] {
        if let block = blocks[word] { return block }
        if word.hasPrefix("\"") { return Array(word.dropFirst().dropLast().utf8) }
        let parts = word.split(separator: ":")
        if parts.count == 2 { return number(UInt64(parts[1]) ?? 0, (Int(parts[0].dropFirst()) ?? 0) / 8) }
        let setting = word.split(separator: "=").compactMap { UInt64($0) }
        if setting.count == 2 { return number(setting[0], 2) + number(setting[1], 4) }
        if word.hasPrefix("x*") { return Array(repeating: 0x78, count: Int(word.dropFirst(2)) ?? 0) }
        let digits = Array(word)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0 }
    }

    static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }

    static func code(_ value: UInt32) -> String {
        value < UInt32(codes.count) ? codes[Int(value)] : "\(value)"
    }

    /// The frames that are among octets.
    static func frames(_ octets: [UInt8]) -> [HTTP2Frame] {
        var frames: [HTTP2Frame] = []
        var rest = octets[...]
        while rest.count >= 9 {
            let header = Array(rest.prefix(9))
            let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            let stream = header[5...].reduce(0) { $0 << 8 | UInt32($1) }
            let payload = Array(rest.dropFirst(9).prefix(length))
            frames.append(HTTP2Frame(kind: header[3], flags: header[4], stream: stream, payload: payload))
            rest = rest.dropFirst(9 + length)
        }
        return frames
    }

    func word(at offset: Int) -> UInt32 {
        payload[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension HTTP2Frame: CustomStringConvertible {
    var description: String {
        let name = kind < Self.kinds.count ? Self.kinds[Int(kind)] : "\(kind)"
        switch name {
        case "DATA": return "DATA" + (flags & 1 == 0 ? "" : "+end") + " \(stream) \(payload.count)"
        case "HEADERS", "CONTINUATION":
            return name + (flags & 1 == 0 ? "" : "+end") + (flags & 4 == 0 ? "" : "+fields") + " \(stream)"
        case "RESET": return "RESET \(stream) " + Self.code(word(at: 0))
        case "SETTINGS":
            let settings = stride(from: 0, to: payload.count, by: 6).map { " \(payload[$0 + 1])=\(word(at: $0 + 2))" }
            return (flags & 1 == 0 ? "SETTINGS" : "SETTINGS+ack") + settings.joined()
        case "PING": return (flags & 1 == 0 ? "PING " : "PING+ack ") + Wire.text(payload)
        case "GOAWAY": return "GOAWAY \(word(at: 0)) " + Self.code(word(at: 4))
        case "WINDOW": return "WINDOW \(stream) \(word(at: 0))"
        default: return name
        }
    }
}
