import NetworkTypes

extension AddressAllowance {
    /// Nil if the client may come in. One whose address cannot be told may not.
    func refusal(of request: RequestFacts, _ forwardedFor: [[UInt8]]) -> LocalAnswer? {
        let address = source.address(of: request.client, forwardedFor)
        guard let address, networks.contains(where: { $0.contains(address) }) else {
            return LocalAnswer(rejection, reason: "address is not allowed")
        }
        return nil
    }
}

extension AddressSource {
    /// The address that a client is known by; nil if X-Forwarded-For has none in that place.
    func address(of client: IPAddress, _ forwardedFor: [[UInt8]]) -> IPAddress? {
        switch self {
        case .peer(let bits): return client.withoutMapping.first(of: bits)
        case .depth(let depth, let bits):
            let addresses = Self.addresses(forwardedFor)
            guard depth <= addresses.count else { return nil }
            return addresses[addresses.count - depth]?.first(of: bits)
        case .excluding(let networks):
            for address in Self.addresses(forwardedFor).reversed() {
                // What is no address is in none of the networks: then nobody knows who it is.
                guard let address else { return nil }
                if !networks.contains(where: { $0.contains(address) }) { return address }
            }
            return nil
        }
    }

    /// Of all lines, as if they were one. Nil for what is no address.
    private static func addresses(_ lines: [[UInt8]]) -> [IPAddress?] {
        lines.flatMap { line in
            line.split(separator: UInt8(ascii: ",")).compactMap { word in
                let text = String(decoding: word, as: UTF8.self).trimmed
                return text.isEmpty ? .none : .some(try? IPAddress(parsing: text).withoutMapping)
            }
        }
    }
}

extension IPAddress {
    /// The first address of the IPv6 network of so many bits; itself without a number of bits, and for IPv4.
    fileprivate func first(of bits: Int?) -> IPAddress {
        guard let bits, family == .ipv6 else { return self }
        return IPPrefix(containing: self, length: bits).base
    }
}
