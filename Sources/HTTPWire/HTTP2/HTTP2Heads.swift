/// What a head of HTTP/2 says of the message's body, seen from HTTP/1.
package enum HTTP2Body: Hashable, Sendable {
    case none
    /// So many octets have to come.
    case octets(UInt64)
    /// What comes is to be sent in chunks.
    case chunked
}

/// Why a head of HTTP/2 makes no message (RFC 9113 section 8.1.1): a stream error of type PROTOCOL_ERROR.
package enum HTTP2HeadFault: UInt8, CaseIterable, Error, Hashable, Sendable {
    /// A pseudo-header field is unknown, missing, repeated, or behind another field.
    case pseudoFields
    case method
    case scheme
    case path
    case authority
    case status
    case fieldName
    case fieldValue
    /// A field that is about one connection of HTTP/1 (RFC 9113 section 8.2.2).
    case connectionField
    case contentLength
    /// More fields, or more octets of them, than are taken.
    case tooLarge
}

extension FieldName {
    /// Whether the field has no meaning in HTTP/2, and a message with it is malformed (RFC 9113 section 8.2.2). `te` has
    /// one, in requests.
    var isForeignToHTTP2: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade, .http2Settings: true
        default: false
        }
    }
}

/// What is allowed in the fields of HTTP/2 (RFC 9113 section 8.2.1), and a little less, as in those of HTTP/1.
enum HTTP2FieldCheck {
    /// What is wrong with a field that is no pseudo-header field, if anything is.
    @inline(__always)
    static func fault(_ octets: Span<UInt8>, _ place: FieldSectionBuffer.Place) -> HTTP2HeadFault? {
        guard isName(octets, place.name) else { return .fieldName }
        return isValue(octets, place.value) ? nil : .fieldValue
    }

    /// Whether it is a token without capitals.
    @inline(__always)
    private static func isName(_ octets: Span<UInt8>, _ name: Range<Int>) -> Bool {
        guard !name.isEmpty else { return false }
        var index = name.lowerBound
        while index < name.upperBound {
            let word = OctetWord.load(octets, at: index, count: min(8, name.upperBound &- index), filler: 0x61)
            guard OctetWord.marksOutsideNames(in: word) | OctetWord.marksOfCapitals(in: word) == 0 else {
                return isOddName(octets, name)
            }
            index &+= 8
        }
        return true
    }

    /// The same for names that have what names seldom have.
    private static func isOddName(_ octets: Span<UInt8>, _ name: Range<Int>) -> Bool {
        for index in name where !Octet.isToken(octets[index]) || Octet.folded(octets[index]) != octets[index] {
            return false
        }
        return true
    }

    /// Whether it has no controls but tabs, and no blanks around it.
    @inline(__always)
    private static func isValue(_ octets: Span<UInt8>, _ value: Range<Int>) -> Bool {
        guard !value.isEmpty else { return true }
        return !Octet.isBlank(octets[value.lowerBound]) && !Octet.isBlank(octets[value.upperBound &- 1])
            && FieldLine.endOfText(octets.extracting(value), from: 0) == value.count
    }
}
