import NetworkTypes

/// Version 1 of the PROXY protocol: one line of text, such as `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443`.
enum ProxyHeaderV1 {
    /// The most octets of the line, with its end.
    private static let longest = 107

    static func read(_ octets: Span<UInt8>) -> ProxyHeader {
        switch ProxyHeader.prefix(octets, "PROXY ".utf8) {
        case .none: return .none
        case .incomplete: return .incomplete
        case .whole: break
        }
        var line: [UInt8] = []
        for index in 0..<min(octets.count, longest) {
            guard octets[index] == Octet.lineFeed else {
                line.append(octets[index])
                continue
            }
            guard line.last == Octet.carriageReturn else { return .malformed }
            return header(String(decoding: line.dropLast(), as: UTF8.self), length: index + 1)
        }
        return octets.count < longest ? .incomplete : .malformed
    }

    private static func header(_ line: String, length: Int) -> ProxyHeader {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        // What follows UNKNOWN means nothing.
        if words.count >= 2, words[1] == "UNKNOWN" { return .local(length: length) }
        guard words.count == 6, let family = family(words[1]),
            let source = endpoint(words[2], words[4], family),
            let destination = endpoint(words[3], words[5], family)
        else { return .malformed }
        return .proxied(length: length, source: source, destination: destination)
    }

    private static func family(_ word: Substring) -> AddressFamily? {
        switch word {
        case "TCP4": .ipv4
        case "TCP6": .ipv6
        default: nil
        }
    }

    private static func endpoint(_ address: Substring, _ port: Substring, _ family: AddressFamily) -> ProxiedEndpoint? {
        // A number without sign or zeros before it.
        guard let address = try? IPAddress(parsing: address), address.family == family, let number = UInt16(port),
            String(number) == port
        else { return nil }
        return ProxiedEndpoint(address, number)
    }
}
