/// One netlink message inside a receive buffer.
struct ReceivedMessage {
    /// NLMSG_* and, for messages of nf_tables, the subsystem and NFT_MSG_*.
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    /// The port of the socket that caused the message; 0 is the kernel.
    let port: UInt32
    /// The message with its header.
    let bytes: ArraySlice<UInt8>

    /// What follows the netlink header.
    var payload: ArraySlice<UInt8> { bytes.dropFirst(Self.headerLength) }

    /// The address family in the header of netfilter messages.
    var family: UInt8 { payload.first ?? 0 }

    /// The kind of a message of nf_tables, else nil.
    var kind: Message? {
        type >> 8 == Self.subsystem ? Message(rawValue: type & 0xff) : nil
    }

    /// The attributes of a message of nf_tables.
    var attributes: AttributeList { AttributeList(bytes: payload.dropFirst(Self.netfilterHeaderLength)) }

    /// Whether the table changed while it was read (NLM_F_DUMP_INTR).
    var isInterrupted: Bool { flags & 0x10 != 0 }

    static let headerLength = 16
    private static let netfilterHeaderLength = 4
    /// NFNL_SUBSYS_NFTABLES
    static let subsystem: UInt16 = 10
    /// NLMSG_ERROR
    static let error: UInt16 = 2
    /// NLMSG_DONE
    static let done: UInt16 = 3

    /// The messages of a datagram, up to the first that is cut short.
    static func messages(in datagram: ArraySlice<UInt8>) -> [ReceivedMessage] {
        var messages: [ReceivedMessage] = []
        var rest = datagram
        while rest.count >= headerLength {
            let length = Int(rest.number(at: 0) as UInt32)
            guard length >= headerLength, length <= rest.count else { break }
            messages.append(
                ReceivedMessage(
                    type: rest.number(at: 4),
                    flags: rest.number(at: 6),
                    sequence: rest.number(at: 8),
                    port: rest.number(at: 12),
                    bytes: rest.prefix(length)
                )
            )
            rest = rest.dropFirst((length + 3) / 4 * 4)
        }
        return messages
    }
}

/// Netlink attributes one after the other.
struct AttributeList {
    let bytes: ArraySlice<UInt8>

    /// The value of the first attribute of this type.
    func value(_ type: UInt16) -> ArraySlice<UInt8>? {
        var rest = bytes
        while rest.count >= 4 {
            let length = Int(rest.number(at: 0) as UInt16)
            guard length >= 4, length <= rest.count else { return nil }
            // The upper two bits say that the value is nested, or in network order.
            let found: UInt16 = rest.number(at: 2) & 0x3fff
            if found == type { return rest.prefix(length).dropFirst(4) }
            rest = rest.dropFirst((length + 3) / 4 * 4)
        }
        return nil
    }

    /// Text up to its NUL.
    func text(_ type: UInt16) -> String? {
        value(type).map { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// A number in network byte order.
    func number(_ type: UInt16) -> UInt32? {
        guard let value = value(type), value.count == 4 else { return nil }
        return value.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension ArraySlice<UInt8> {
    /// The number in host byte order that begins `offset` bytes after the start.
    ///
    /// - Precondition: the slice is long enough.
    func number<Number: FixedWidthInteger>(at offset: Int) -> Number {
        let start = startIndex + offset
        let wire = self[start..<(start + Number.bitWidth / 8)].reduce(0 as Number) { $0 << 8 | Number($1) }
        return wire.bigEndian
    }
}
