/// A reply of nothing but a header.
package struct HeaderReply: Hashable, Sendable {
    /// In octets.
    package static let length = 12

    package let id: UInt16
    package let opcode: Opcode
    /// RD and CD, as the query has them.
    package let flags: HeaderFlags
    package let code: ResponseCode

    init(_ header: MessageHeader, _ code: ResponseCode) {
        id = header.id
        opcode = header.opcode
        flags = header.flags.intersection(.echoed)
        self.code = code
    }

    /// Writes the reply over the first 12 octets and returns their number, or 0 if there is no room.
    ///
    /// - Parameter flags: what the server says of itself, such as RA.
    package func write(_ flags: HeaderFlags = [], into packet: inout MutableSpan<UInt8>) -> Int {
        guard packet.count >= Self.length else { return 0 }
        let flags = self.flags.union(flags).union(.response)
        MessageHeader(id: id, opcode: opcode, flags: flags, code: code, counts: SectionCounts())
            .write(into: &packet)
        return Self.length
    }
}

extension HeaderFlags {
    /// What a reply repeats from its query.
    static let echoed = HeaderFlags(rawValue: recursionDesired.rawValue | checkingDisabled.rawValue)
}
