/// The method of a request (RFC 9110 section 9, RFC 5789).
package enum HTTPMethod: UInt8, Hashable, Sendable {
    /// One that needs nothing of a proxy but to be passed on.
    case other
    case get
    case head
    case post
    case put
    case delete
    case connect
    case options
    case trace
    case patch

    /// Whether a request may be sent again when nobody knows whether it was acted on (RFC 9110 section 9.2.2).
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete, .options, .trace: true
        case .other, .post, .connect, .patch: false
        }
    }

    /// The method whose name is these octets: names have a case (RFC 9110 section 9.1).
    @inline(__always)
    init(_ octets: Span<UInt8>, _ range: Range<Int>) {
        guard range.count <= 7 else {
            self = .other
            return
        }
        // The names, the first letter lowest.
        switch OctetWord.load(octets, at: range.lowerBound, count: range.count) {
        case 0x54_4547: self = .get
        case 0x4441_4548: self = .head
        case 0x5453_4f50: self = .post
        case 0x54_5550: self = .put
        case 0x4554_454c_4544: self = .delete
        case 0x54_4345_4e4e_4f43: self = .connect
        case 0x53_4e4f_4954_504f: self = .options
        case 0x45_4341_5254: self = .trace
        case 0x48_4354_4150: self = .patch
        default: self = .other
        }
    }
}
