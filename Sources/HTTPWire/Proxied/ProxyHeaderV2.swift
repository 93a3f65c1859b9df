import NetworkTypes

/// Version 2 of the PROXY protocol: a signature, two octets that say what follows, and its length; numbers are in network
/// byte order. What follows the addresses is skipped.
enum ProxyHeaderV2 {
    private static let signature: [UInt8] = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]
    /// The octets before the addresses.
    private static let fixedLength = 16
    /// The most octets behind them. 65535 could be said; what is added in practice is a tenth of this.
    private static let longest = 4096

    static func read(_ octets: Span<UInt8>) -> ProxyHeader {
        switch ProxyHeader.prefix(octets, signature) {
        case .none: return .none
        case .incomplete: return .incomplete
        case .whole: break
        }
        // Version and command, family and protocol: refused as soon as they are there.
        guard octets.count > 12 else { return .incomplete }
        guard octets[12] == 0x20 || octets[12] == 0x21 else { return .malformed }
        guard octets.count >= fixedLength else { return .incomplete }
        let length = Int(octets[14]) << 8 | Int(octets[15])
        guard length <= longest else { return .malformed }
        let isLocal = octets[12] == 0x20
        guard isLocal || isWellFormed(octets[13], length) else { return .malformed }
        guard octets.count >= fixedLength + length else { return .incomplete }
        let end = fixedLength + length
        guard !isLocal, let size = addressSize(octets[13]) else { return .local(length: end) }
        return proxied(octets, size, length: end)
    }

    /// Whether what follows is long enough for the addresses of a stream, or of nothing that can be said here.
    private static func isWellFormed(_ kind: UInt8, _ length: Int) -> Bool {
        switch kind {
        // Unspecified.
        case 0x00: true
        case 0x11: length >= 12
        case 0x21: length >= 36
        // A stream of a Unix socket: two names of 108 octets.
        case 0x31: length >= 216
        default: false
        }
    }

    /// The octets of an address, if it is one of IP.
    private static func addressSize(_ kind: UInt8) -> Int? {
        switch kind {
        case 0x11: 4
        case 0x21: 16
        default: nil
        }
    }

    private static func proxied(_ octets: Span<UInt8>, _ size: Int, length: Int) -> ProxyHeader {
        let ports = fixedLength + 2 * size
        guard let source = address(octets, fixedLength, size),
            let destination = address(octets, fixedLength + size, size)
        else { return .malformed }
        return .proxied(
            length: length,
            source: ProxiedEndpoint(source, port(octets, ports)),
            destination: ProxiedEndpoint(destination, port(octets, ports + 2))
        )
    }

    private static func address(_ octets: Span<UInt8>, _ offset: Int, _ size: Int) -> IPAddress? {
        IPAddress(bytes: (offset..<offset + size).map { octets[$0] })
    }

    private static func port(_ octets: Span<UInt8>, _ offset: Int) -> UInt16 {
        UInt16(octets[offset]) << 8 | UInt16(octets[offset + 1])
    }
}
