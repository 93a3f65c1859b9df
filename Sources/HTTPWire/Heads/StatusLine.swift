/// Reads the first line of a response (RFC 9112 section 4): a version, a status, and a reason that may be missing.
enum StatusLine {
    static func read(_ octets: Span<UInt8>, at start: Int, into head: inout ResponseHead) -> LineOutcome {
        switch HTTPVersion.read(octets, at: start) {
        case .short: return .short
        case .malformed: return .bad(.statusLine)
        case .version(let major, let minor):
            guard major == 1 else { return .bad(.unsupportedVersion) }
            head.minorVersion = min(minor, 1)
        }
        // A space, three digits, and the space before the reason, which some leave out with it.
        guard start &+ 12 < octets.count else { return .short }
        guard octets[start &+ 8] == Octet.space, let status = status(octets, at: start &+ 9) else {
            return .bad(.statusLine)
        }
        head.status = status
        let afterStatus = start &+ 12
        let reason = octets[afterStatus] == Octet.space ? afterStatus &+ 1 : afterStatus
        let end = FieldLine.endOfText(octets, from: reason)
        guard end < octets.count else { return .short }
        guard end == afterStatus || reason > afterStatus else { return .bad(.statusLine) }
        guard octets[end] == Octet.carriageReturn else {
            return .bad(octets[end] == Octet.lineFeed ? .bareLineFeed : .statusLine)
        }
        guard end &+ 1 < octets.count else { return .short }
        guard octets[end &+ 1] == Octet.lineFeed else { return .bad(.bareCarriageReturn) }
        head.reason = reason..<end
        return .read(next: end &+ 2)
    }

    /// 100…999, or nil.
    ///
    /// Above 599 a status is invalid, and a client takes it for one of 5xx (RFC 9110 section 15). Endpoints send such ones,
    /// the message ends where another one would, and other proxies let them through: so it is the client who judges.
    private static func status(_ octets: Span<UInt8>, at start: Int) -> UInt16? {
        var status: UInt16 = 0
        for index in start..<start &+ 3 {
            guard Octet.isDigit(octets[index]) else { return nil }
            status = status &* 10 &+ UInt16(octets[index] &- 0x30)
        }
        return status >= 100 ? status : nil
    }
}
