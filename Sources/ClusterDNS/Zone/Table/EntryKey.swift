import NetworkTypes

/// What an entry of the table is about.
enum EntryKind: UInt8 {
    /// A service: the labels `SVC.NS`.
    case service
    /// A namespace: its label.
    case namespace
    /// A node, another name of NodeHosts, or a name above one of these in Z: the whole name, with the root.
    case host
    /// A line of NodeHosts for any one label before this name, with the root.
    case wildcard
    /// An address that has a name: 4 or 16 octets in network byte order.
    case address
}

/// The key of one entry, in lower case.
struct EntryKey: Hashable {
    let kind: EntryKind
    /// At most 255 octets.
    let octets: [UInt8]

    init(_ kind: EntryKind, _ octets: [UInt8]) {
        self.kind = kind
        self.octets = octets
    }

    init(_ address: IPAddress) {
        self.init(.address, address.bytes)
    }
}

extension Span where Element == UInt8 {
    /// The two octets from here on as a number in network byte order.
    @inline(__always)
    func number16(at index: Int) -> UInt16 {
        UInt16(self[index]) << 8 | UInt16(self[index + 1])
    }

    /// The four octets from here on as a number in network byte order.
    @inline(__always)
    func number32(at index: Int) -> UInt32 {
        UInt32(self[index]) << 24 | UInt32(self[index + 1]) << 16 | UInt32(self[index + 2]) << 8
            | UInt32(self[index + 3])
    }
}

extension Array where Element == UInt8 {
    /// Appends a number in network byte order.
    mutating func append(bigEndian number: some FixedWidthInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
