extension Reply {
    /// Puts a text behind the reason that a finished reply ends with (RFC 8914 section 2), if it ends with one and there is
    /// room.
    ///
    /// - Parameter text: in UTF-8.
    package static func addReason(_ text: [UInt8], to reply: inout [UInt8], limit: Int) {
        // Behind the fixed part of the OPT record stand the option's code, its length and the reason itself.
        let option = reply.count - extendedErrorLength
        guard !text.isEmpty, reply.count + text.count <= limit, option >= MessageHeader.length + 11 else { return }
        let isReason = reply[option] == 0 && reply[option + 1] == UInt8(OptionCode.extendedError.rawValue)
        guard isReason, number(in: reply, at: option - 2) == extendedErrorLength else { return }
        set(extendedErrorLength + text.count, in: &reply, at: option - 2)
        set(2 + text.count, in: &reply, at: option + 2)
        reply += text
    }

    private static func number(in octets: [UInt8], at offset: Int) -> Int {
        Int(octets[offset]) << 8 | Int(octets[offset + 1])
    }

    private static func set(_ number: Int, in octets: inout [UInt8], at offset: Int) {
        octets[offset] = UInt8(truncatingIfNeeded: number >> 8)
        octets[offset + 1] = UInt8(truncatingIfNeeded: number)
    }
}
