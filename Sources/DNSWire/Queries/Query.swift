/// A question as it stands in its packet: places and numbers, no memory of its own.
///
/// The name is at octet 12 of the packet, always whole: nothing precedes it that a pointer could lead to.
package struct Query: Hashable, Sendable {
    /// Where the name begins in the packet.
    package static let nameOffset = 12

    package let id: UInt16
    /// As they came: RD, CD, AD, Z and what else the client set.
    package let flags: HeaderFlags
    /// The length in octets of the name with the root's zero: 1…255.
    package let nameLength: Int
    package let type: RecordType
    package let recordClass: RecordClass
    /// What the OPT record says, or nil if there is none.
    package let edns: QueryExtension?

    /// Where in the packet the question ends.
    package var questionEnd: Int { Self.nameOffset + nameLength + 4 }

    /// The name, as a value of its own: for logs and for asking others. nil if this is not the packet of the query.
    package func name(in packet: Span<UInt8>) -> DNSName? {
        var cursor = PacketCursor(offset: Self.nameOffset, end: packet.count)
        return try? cursor.name(packet)
    }

    /// The most octets that a UDP reply may have: what both sides take, at least 512; without EDNS 512.
    ///
    /// - Parameter own: the most that we send.
    package func payloadLimit(own: UInt16) -> Int {
        max(512, Int(min(edns?.payloadSize ?? 512, own)))
    }
}
