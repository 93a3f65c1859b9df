/// What stands before a frame's payload (RFC 9113 section 4.1).
struct HTTP2FrameHeader: Sendable {
    /// How many octets it has.
    static let count = 9
    /// The largest payload that is taken: SETTINGS_MAX_FRAME_SIZE of ours, which stays what it is at first.
    static let maximumLength = 16_384

    let length: Int
    let kind: HTTP2FrameKind
    let flags: HTTP2FrameFlags
    /// Zero: the connection.
    let stream: UInt32

    /// Reads the nine octets from `offset` on, which have to be there.
    @inline(__always)
    init(_ octets: Span<UInt8>, at offset: Int) {
        let word = OctetWord.load(octets, at: offset).byteSwapped
        length = Int(truncatingIfNeeded: word >> 40)
        kind = HTTP2FrameKind(rawValue: UInt8(truncatingIfNeeded: word >> 32))
        flags = HTTP2FrameFlags(rawValue: UInt8(truncatingIfNeeded: word >> 24))
        stream = UInt32(truncatingIfNeeded: word << 8 | UInt64(octets[offset &+ 8])) & 0x7fff_ffff
    }

    /// The four octets from `offset` on, the highest first.
    @inline(__always)
    static func word(_ octets: Span<UInt8>, at offset: Int) -> UInt32 {
        let part = octets.extracting(offset..<offset &+ 4)
        return UInt32(part[0]) << 24 | UInt32(part[1]) << 16 | UInt32(part[2]) << 8 | UInt32(part[3])
    }
}

/// RFC 9113 section 6. Others are lawful, and mean nothing here.
struct HTTP2FrameKind: RawRepresentable, Equatable, Sendable {
    let rawValue: UInt8

    static let data = HTTP2FrameKind(rawValue: 0)
    static let headers = HTTP2FrameKind(rawValue: 1)
    static let priority = HTTP2FrameKind(rawValue: 2)
    static let reset = HTTP2FrameKind(rawValue: 3)
    static let settings = HTTP2FrameKind(rawValue: 4)
    static let pushPromise = HTTP2FrameKind(rawValue: 5)
    static let ping = HTTP2FrameKind(rawValue: 6)
    static let goAway = HTTP2FrameKind(rawValue: 7)
    static let windowUpdate = HTTP2FrameKind(rawValue: 8)
    static let continuation = HTTP2FrameKind(rawValue: 9)
}

/// What is set beside a frame's kind. Each kind has its own, some of which share a bit.
struct HTTP2FrameFlags: OptionSet, Sendable {
    let rawValue: UInt8

    static let acknowledgement = HTTP2FrameFlags(rawValue: 0x01)
    static let endStream = HTTP2FrameFlags(rawValue: 0x01)
    static let endHeaders = HTTP2FrameFlags(rawValue: 0x04)
    static let padded = HTTP2FrameFlags(rawValue: 0x08)
    static let priority = HTTP2FrameFlags(rawValue: 0x20)
}

extension OctetBuffer {
    @inline(__always)
    mutating func appendFrameHeader(_ kind: HTTP2FrameKind, _ flags: HTTP2FrameFlags, _ stream: UInt32, length: Int) {
        append(room: HTTP2FrameHeader.count) {
            $0.append(UInt8(truncatingIfNeeded: length >> 16))
            $0.append(UInt8(truncatingIfNeeded: length >> 8))
            $0.append(UInt8(truncatingIfNeeded: length))
            $0.append(kind.rawValue)
            $0.append(flags.rawValue)
            $0.append(word: stream)
        }
    }

    /// Writes over what was said to be the length of a payload.
    mutating func replaceLength(_ length: Int, ofFrameAt offset: Int) {
        replace(at: offset, with: UInt8(truncatingIfNeeded: length >> 16))
        replace(at: offset + 1, with: UInt8(truncatingIfNeeded: length >> 8))
        replace(at: offset + 2, with: UInt8(truncatingIfNeeded: length))
    }

    mutating func replaceFlags(_ flags: HTTP2FrameFlags, ofFrameAt offset: Int) {
        replace(at: offset + 4, with: flags.rawValue)
    }

    /// Appends four octets, the highest first.
    mutating func append(word: UInt32) {
        append(room: 4) { $0.append(word: word) }
    }

    /// Appends a parameter of SETTINGS (RFC 9113 section 6.5.1).
    mutating func append(_ setting: HTTP2Setting, _ value: Int) {
        append(UInt8(truncatingIfNeeded: setting.rawValue >> 8))
        append(UInt8(truncatingIfNeeded: setting.rawValue))
        append(word: UInt32(truncatingIfNeeded: value))
    }
}

extension OutputSpan<UInt8> {
    /// Appends four octets, the highest first.
    @inline(__always)
    fileprivate mutating func append(word: UInt32) {
        append(UInt8(truncatingIfNeeded: word >> 24))
        append(UInt8(truncatingIfNeeded: word >> 16))
        append(UInt8(truncatingIfNeeded: word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }
}
