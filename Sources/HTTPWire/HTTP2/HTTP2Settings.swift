/// A parameter of SETTINGS (RFC 9113 section 6.5.2). Unknown ones are ignored.
struct HTTP2Setting: RawRepresentable, Equatable, Sendable {
    let rawValue: UInt16

    static let headerTableSize = HTTP2Setting(rawValue: 1)
    static let enablePush = HTTP2Setting(rawValue: 2)
    static let maxConcurrentStreams = HTTP2Setting(rawValue: 3)
    static let initialWindowSize = HTTP2Setting(rawValue: 4)
    static let maxFrameSize = HTTP2Setting(rawValue: 5)
    static let maxHeaderListSize = HTTP2Setting(rawValue: 6)
    /// RFC 8441 section 3.
    static let enableConnectProtocol = HTTP2Setting(rawValue: 8)
    /// RFC 9218 section 2.1.
    static let noRFC7540Priorities = HTTP2Setting(rawValue: 9)
}

/// What the peer has set, as far as it matters to us.
struct HTTP2PeerSettings: Sendable {
    static let maximumWindow = Int(Int32.max)

    /// The window of each stream at its beginning, in octets.
    var initialWindow = 65_535
    /// Until the peer says otherwise, as many as it is to allow at least (RFC 9113 section 6.5.2).
    var maxConcurrentStreams = 100
    /// Of a payload, in octets.
    var maxFrameSize = 16_384
}
