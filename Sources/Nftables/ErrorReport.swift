internal import LinuxSystem

/// What the kernel says to a message: that it is done, or why not.
struct ErrorReport {
    /// The message that is meant.
    let sequence: UInt32
    /// Nil is an acknowledgement.
    let errno: Errno?
    /// The kernel's own words, if it has some (NLMSGERR_ATTR_MSG).
    let text: String?

    /// Nil if the message is too short to be one.
    init?(_ message: ReceivedMessage) {
        let payload = message.payload
        let fixedLength = 4 + ReceivedMessage.headerLength
        guard payload.count >= fixedLength else { return nil }
        let code: Int32 = payload.number(at: 0)
        errno = code == 0 ? nil : Errno(rawValue: -code)
        sequence = payload.number(at: 4 + 8)
        // The message that was sent is repeated, unless the kernel was asked to leave it out (NLM_F_CAPPED).
        let isCapped = message.flags & 0x100 != 0
        let original = Int(payload.number(at: 4) as UInt32)
        let skipped = isCapped ? fixedLength : 4 + (max(original, ReceivedMessage.headerLength) + 3) / 4 * 4
        let hasAttributes = message.flags & 0x200 != 0
        text = hasAttributes ? AttributeList(bytes: payload.dropFirst(skipped)).text(1) : nil
    }
}
