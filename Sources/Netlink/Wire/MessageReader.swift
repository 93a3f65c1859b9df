/// The header of a message from the kernel.
struct MessageHeader: Hashable, Sendable {
    let type: MessageType
    let flags: MessageFlags
    /// The sequence number of the request that this answers, or that caused it.
    let sequence: UInt32
    /// The socket that the message is for, or whose request caused a notification; zero is the kernel.
    let portID: UInt32
}

/// Walks over the messages that one receive brought.
enum MessageReader {
    static let headerSize = 16

    /// Calls `body` with the header and the payload of each message. Stops at the first that does not fit.
    static func forEach(in bytes: RawSpan, _ body: (MessageHeader, RawSpan) -> Void) {
        var offset = 0
        while let length = bytes.number(at: offset, as: UInt32.self).map(Int.init),
            let header = header(in: bytes, at: offset)
        {
            guard length >= headerSize, length <= bytes.byteCount - offset else { return }
            body(header, bytes.extracting(offset + headerSize..<offset + length))
            offset += AttributeReader.aligned(length)
        }
    }

    private static func header(in bytes: RawSpan, at offset: Int) -> MessageHeader? {
        guard let type = bytes.number(at: offset + 4, as: UInt16.self),
            let flags = bytes.number(at: offset + 6, as: UInt16.self),
            let sequence = bytes.number(at: offset + 8, as: UInt32.self),
            let portID = bytes.number(at: offset + 12, as: UInt32.self)
        else { return nil }
        return MessageHeader(
            type: MessageType(rawValue: type),
            flags: MessageFlags(rawValue: flags),
            sequence: sequence,
            portID: portID
        )
    }
}
