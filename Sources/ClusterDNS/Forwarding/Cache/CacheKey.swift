/// What an answer is remembered for, beside the name itself: its hash, and what else must be equal.
struct CacheKey: Hashable, Sendable, BitwiseCopyable {
    /// Bits of `options`.
    private static let dnssecOK: UInt8 = 1
    private static let checkingDisabled: UInt8 = 2

    /// Of name, type, class and options.
    let hash: UInt64
    let type: UInt16
    let recordClass: UInt16
    /// DO and CD: servers give other answers with them.
    let options: UInt8

    /// - Parameter nameHash: that of the name in lower case, by the cache's own hasher.
    @inline(__always)
    init(nameHash: UInt64, type: UInt16, class recordClass: UInt16, dnssecOK: Bool, checkingDisabled: Bool) {
        self.type = type
        self.recordClass = recordClass
        options = (dnssecOK ? Self.dnssecOK : 0) | (checkingDisabled ? Self.checkingDisabled : 0)
        let rest = UInt64(type) << 32 | UInt64(recordClass) << 8 | UInt64(options)
        // The hash of the name is good already: what is added must only not cancel out.
        hash = (nameHash ^ rest &* 0x9e37_79b9_7f4a_7c15)
    }
}
