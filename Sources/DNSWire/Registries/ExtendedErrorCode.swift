/// Why a response is what it is, beside its response code (RFC 8914 section 4).
package struct ExtendedErrorCode: RegisteredNumber {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let other = ExtendedErrorCode(rawValue: 0)
    /// Data that has expired, since nothing newer could be had.
    package static let staleAnswer = ExtendedErrorCode(rawValue: 3)
    package static let forgedAnswer = ExtendedErrorCode(rawValue: 4)
    /// The data has signatures that do not hold.
    package static let dnssecBogus = ExtendedErrorCode(rawValue: 6)
    /// A failure that is remembered from before.
    package static let cachedError = ExtendedErrorCode(rawValue: 13)
    /// The server has only just started.
    package static let notReady = ExtendedErrorCode(rawValue: 14)
    package static let blocked = ExtendedErrorCode(rawValue: 15)
    package static let filtered = ExtendedErrorCode(rawValue: 17)
    /// This client may not ask.
    package static let prohibited = ExtendedErrorCode(rawValue: 18)
    package static let staleNameError = ExtendedErrorCode(rawValue: 19)
    /// Asked without recursion for what this server has no authority for.
    package static let notAuthoritative = ExtendedErrorCode(rawValue: 20)
    package static let notSupported = ExtendedErrorCode(rawValue: 21)
    package static let noReachableAuthority = ExtendedErrorCode(rawValue: 22)
    package static let networkError = ExtendedErrorCode(rawValue: 23)
    package static let invalidData = ExtendedErrorCode(rawValue: 24)

    package static let unnamedPrefix = "EDE"

    package static let names: [ExtendedErrorCode: String] = [
        .other: "Other Error", .staleAnswer: "Stale Answer", .forgedAnswer: "Forged Answer",
        .dnssecBogus: "DNSSEC Bogus",
        .cachedError: "Cached Error", .notReady: "Not Ready", .blocked: "Blocked", .filtered: "Filtered",
        .prohibited: "Prohibited", .staleNameError: "Stale NXDOMAIN Answer", .notAuthoritative: "Not Authoritative",
        .notSupported: "Not Supported", .noReachableAuthority: "No Reachable Authority",
        .networkError: "Network Error", .invalidData: "Invalid Data",
    ]
}
