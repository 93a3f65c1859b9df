/// The server's first message (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3), which is not encrypted.
enum ServerHello {
    /// The number of the cipher suite that it chooses; nil if `octets` do not begin with the record of such a message.
    static func cipherSuite(in octets: Span<UInt8>) -> UInt16? {
        // A record of 5 octets' header, a handshake message of 4, the version, 32 octets of randomness.
        guard octets.count > sessionLength, octets[0] == handshakeRecord, octets[5] == serverHello else { return nil }
        let place = sessionLength + 1 + Int(octets[sessionLength])
        guard octets.count >= place + 2 else { return nil }
        return UInt16(octets[place]) << 8 | UInt16(octets[place + 1])
    }

    private static let handshakeRecord: UInt8 = 22
    private static let serverHello: UInt8 = 2
    /// Where the length of the session's identifier is, which the cipher suite follows.
    private static let sessionLength = 5 + 4 + 2 + 32
}
