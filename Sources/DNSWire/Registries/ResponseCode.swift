/// How a question was answered: twelve bits, of which the header has four and the OPT record eight (RFC 6891 section 6.1.3).
package struct ResponseCode: RegisteredNumber {
    /// 0…4095.
    package let rawValue: UInt16

    /// Only the low twelve bits count.
    package init(rawValue: UInt16) {
        self.rawValue = rawValue & 0xfff
    }

    /// Compiled in place, also in other modules: each query is compared with several.
    @inlinable
    package static func == (left: ResponseCode, right: ResponseCode) -> Bool { left.rawValue == right.rawValue }

    package static let noError = ResponseCode(rawValue: 0)
    package static let formatError = ResponseCode(rawValue: 1)
    package static let serverFailure = ResponseCode(rawValue: 2)
    /// NXDOMAIN: neither the name nor anything below it exists (RFC 8020).
    package static let nameError = ResponseCode(rawValue: 3)
    package static let notImplemented = ResponseCode(rawValue: 4)
    package static let refused = ResponseCode(rawValue: 5)
    package static let notAuthoritative = ResponseCode(rawValue: 9)
    /// An EDNS version that the server does not speak. Needs an OPT record.
    package static let badVersion = ResponseCode(rawValue: 16)
    /// A server cookie that is wrong or missing (RFC 7873). Needs an OPT record.
    package static let badCookie = ResponseCode(rawValue: 23)

    package static let unnamedPrefix = "RCODE"

    package static let names: [ResponseCode: String] = [
        .noError: "NOERROR", .formatError: "FORMERR", .serverFailure: "SERVFAIL", .nameError: "NXDOMAIN",
        .notImplemented: "NOTIMP", .refused: "REFUSED", ResponseCode(rawValue: 6): "YXDOMAIN",
        ResponseCode(rawValue: 7): "YXRRSET", ResponseCode(rawValue: 8): "NXRRSET", .notAuthoritative: "NOTAUTH",
        ResponseCode(rawValue: 10): "NOTZONE", ResponseCode(rawValue: 11): "DSOTYPENI", .badVersion: "BADVERS",
        .badCookie: "BADCOOKIE",
    ]

    /// The low four bits, for the header.
    var headerBits: UInt16 { rawValue & 0xf }

    /// The high eight bits, for the OPT record: zero unless the code needs one.
    var extensionBits: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 4) }
}
