/// Looks at the fields of a head or of trailers: what RFC 9113 section 8.2 forbids is refused, so that what is left can be
/// written as lines of HTTP/1.
struct HTTP2FieldReader {
    /// What Content-Length says.
    private(set) var length: UInt64?
    private(set) var host: Range<Int>?
    private(set) var takesTrailers = false
    /// Of those that are not empty.
    private(set) var cookieCount = 0
    /// How many fields go on as they are: all but those above.
    private(set) var plainCount = 0
    private let names = FieldNameTable.shared

    /// Looks at a field that is none of the pseudo-header fields. Returns its name.
    mutating func read(
        _ field: FieldSectionBuffer.Place,
        _ octets: Span<UInt8>
    ) throws(HTTP2HeadFault) -> FieldName {
        let name = try self.name(field, octets)
        guard Self.isValue(octets, field.value) else { throw .fieldValue }
        switch name {
        case .contentLength:
            guard length == nil, let number = ContentLength.read(octets, field.value) else { throw .contentLength }
            length = number
        case .host:
            guard host == nil else { throw .authority }
            host = field.value
        case .te:
            guard Self.isTrailers(octets, field.value) else { throw .connectionField }
            takesTrailers = true
        case .cookie: if !field.value.isEmpty { cookieCount += 1 }
        case .connection, .transferEncoding, .upgrade, .http2Settings, .keepAlive, .proxyConnection:
            throw .connectionField
        default: plainCount += 1
        }
        return name
    }

    /// How many lines a request has for them, with one for Host, and without what frames its body.
    var lineCount: Int { plainCount + 1 + min(cookieCount, 1) + (takesTrailers ? 2 : 0) }

    /// The name of a field that was looked at.
    func name(of field: FieldSectionBuffer.Place, _ octets: Span<UInt8>) -> FieldName {
        names.name(octets, field.name.lowerBound, field.name.upperBound)
    }

    private func name(_ field: FieldSectionBuffer.Place, _ octets: Span<UInt8>) throws(HTTP2HeadFault) -> FieldName {
        let range = field.name
        guard !range.isEmpty else { throw .fieldName }
        guard octets[range.lowerBound] != Octet.colon else { throw .pseudoFields }
        let name = name(of: field, octets)
        for index in range {
            let octet = octets[index]
            guard octet &- 0x41 >= 26, name != .other || Octet.isToken(octet) else { throw .fieldName }
        }
        return name
    }

    /// Whether it has no control octet but tabs, and no blank at its ends.
    static func isValue(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard !range.isEmpty else { return true }
        guard !Octet.isBlank(octets[range.lowerBound]), !Octet.isBlank(octets[range.upperBound - 1]) else {
            return false
        }
        return FieldLine.endOfText(octets.extracting(0..<range.upperBound), from: range.lowerBound) == range.upperBound
    }

    private static func isTrailers(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        // "trailers", the first letter lowest.
        range.count == 8 && OctetWord.folded(OctetWord.load(octets, at: range.lowerBound)) == 0x7372_656c_6961_7274
    }
}
