/// An address and a TCP port to listen on.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    package let address: IPAddress
    /// In host byte order; never 0.
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Parses `127.0.0.1:9477` or `[::1]:9477`.
    package init(parsing text: String) throws(AddressSyntaxError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else {
            throw AddressSyntaxError(
                text: text,
                expected: "an address with a port",
                reason: "write it as ADDRESS:PORT, with a port from 1 to 65535"
            )
        }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = try? IPAddress(parsing: host), (address.family == .ipv6) == isBracketed else {
            throw AddressSyntaxError(
                text: text,
                expected: "an address with a port",
                reason: "write it as 127.0.0.1:9477 or [::1]:9477"
            )
        }
        self.address = address
        self.port = port
    }

    package var description: String {
        address.family == .ipv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
