package import DNSWire

/// What was written behind a question, and what its header has to say.
package struct ForwardedReply: Hashable, Sendable {
    package let code: ResponseCode
    /// AD: for clients that want to know.
    package let isAuthentic: Bool
    package let extendedError: ExtendedErrorCode?
    package let counts: ReplyCounts
    /// The answer is used much and its time nearly over: `Forwarder.refresh` is to be called.
    package var wantsRefresh = false

    /// The reply to be finished. RA is always set: it tells what we would do (RFC 1035 section 4.1.1).
    package func reply(to query: Query, limit: Int) -> Reply {
        // RFC 6840 section 5.8: to those who asked by DO or AD.
        let isWanted = query.edns?.dnssecOK == true || query.flags.contains(.authenticData)
        let flags = isAuthentic && isWanted ? Self.authenticFlags : Self.flags
        var reply = Reply(code, flags: flags, limit: limit)
        reply.extendedError = extendedError
        return reply
    }

    private static let flags = HeaderFlags.recursionAvailable
    private static let authenticFlags = HeaderFlags.recursionAvailable.union(.authenticData)
}
