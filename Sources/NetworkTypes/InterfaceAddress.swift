/// An address with the length of the network it is in, as an interface carries it: 10.42.1.1/24.
package struct InterfaceAddress: Hashable, Sendable, Comparable {
    package let address: IPAddress
    /// The prefix length in bits: 0…32 or 0…128.
    package let length: Int

    /// - Precondition: `length` is within the width of the address.
    package init(_ address: IPAddress, length: Int) {
        precondition((0...address.family.bitWidth).contains(length), "prefix length \(length) of \(address)")
        self.address = address
        self.length = length
    }

    /// Parses `address/length`.
    package init(parsing text: some StringProtocol) throws(AddressSyntaxError) {
        try self.init(parsing: text, expected: "an address with a prefix length")
    }

    init(parsing text: some StringProtocol, expected: String) throws(AddressSyntaxError) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw AddressSyntaxError(text: String(text), expected: expected, reason: "write it as ADDRESS/LENGTH")
        }
        guard let address = try? IPAddress(parsing: parts[0]) else {
            throw AddressSyntaxError(text: String(text), expected: expected, reason: "'\(parts[0])' is no IP address")
        }
        let width = address.family.bitWidth
        guard let length = Self.decimal(parts[1]), length <= width else {
            throw AddressSyntaxError(
                text: String(text),
                expected: expected,
                reason: "the prefix length of an \(address.family) network is 0 to \(width)"
            )
        }
        self.init(address, length: length)
    }

    package var family: AddressFamily { address.family }

    /// The network that the address is in.
    package var network: IPPrefix { IPPrefix(containing: address, length: length) }

    package static func < (left: InterfaceAddress, right: InterfaceAddress) -> Bool {
        left.address == right.address ? left.length < right.length : left.address < right.address
    }

    private static func decimal(_ text: some StringProtocol) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}

extension InterfaceAddress: CustomStringConvertible {
    package var description: String { "\(address)/\(length)" }
}
