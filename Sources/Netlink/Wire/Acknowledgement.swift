import LinuxSystem

/// Why the kernel refused a request.
struct Refusal: Error, Hashable, Sendable {
    let errno: Errno
    /// What the kernel said beside the number.
    var message: String?
}

/// The end of an exchange: `NLMSG_ERROR`, which also says that all went well, or `NLMSG_DONE` of a dump.
enum Acknowledgement {
    /// The refusal that an `NLMSG_ERROR` carries, or nil if the request was carried out.
    static func refusal(in payload: RawSpan, flags: MessageFlags) -> Refusal? {
        // A message too short to hold its number says nothing we could trust.
        guard let number = payload.number(at: 0, as: Int32.self) else { return Refusal(errno: .badMessage) }
        guard number != 0 else { return nil }
        // After the number comes the header of the request and, unless capped, its payload.
        var attributes = 4 + MessageReader.headerSize
        if !flags.contains(.capped), let length = payload.number(at: 4, as: UInt32.self) {
            attributes = 4 + AttributeReader.aligned(max(Int(length), MessageReader.headerSize))
        }
        return Refusal(errno: errno(number), message: message(in: payload, from: attributes, flags: flags))
    }

    /// The error that ended a dump, or nil if it is whole.
    static func refusal(endingDump payload: RawSpan, flags: MessageFlags) -> Refusal? {
        guard let number = payload.number(at: 0, as: Int32.self), number < 0 else { return nil }
        return Refusal(errno: errno(number), message: message(in: payload, from: 4, flags: flags))
    }

    private static func errno(_ number: Int32) -> Errno {
        // Negative by convention; the lowest number has no positive counterpart.
        Errno(rawValue: number == .min ? .max : abs(number))
    }

    private static func message(in payload: RawSpan, from offset: Int, flags: MessageFlags) -> String? {
        guard flags.contains(.hasAttributes) else { return nil }
        var message: String?
        AttributeReader.forEach(in: payload, from: offset) { type, value in
            if type == AcknowledgementAttribute.message { message = value.text }
        }
        return message
    }
}
