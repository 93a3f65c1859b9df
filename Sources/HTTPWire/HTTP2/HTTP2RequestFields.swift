/// What stands where among the fields of a request.
struct HTTP2RequestFields {
    private(set) var method: Range<Int>?
    private(set) var scheme: Range<Int>?
    private(set) var path: Range<Int>?
    private(set) var authority: Range<Int>?
    private(set) var host: Range<Int>?
    /// What `content-length` says.
    private(set) var length: UInt64?
    private(set) var acceptsTrailers = false

    /// Looks at one field after the other.
    init(_ fields: borrowing FieldSectionBuffer) throws(HTTP2HeadFault) {
        guard !fields.isTooLarge else { throw .tooLarge }
        let octets = fields.octets.octets.span
        let names = FieldNameTable.shared
        var isInPseudoFields = true
        for index in fields.places.indices {
            let place = fields.places[index]
            if place.start < place.nameEnd, octets[Int(place.start)] == Octet.colon {
                guard isInPseudoFields else { throw .pseudoFields }
                try readPseudoField(octets, place)
                continue
            }
            isInPseudoFields = false
            if let fault = HTTP2FieldCheck.fault(octets, place) { throw fault }
            try read(names.name(octets, place.name.lowerBound, place.name.upperBound), octets, place.value)
        }
    }

    private mutating func readPseudoField(
        _ octets: Span<UInt8>,
        _ place: FieldSectionBuffer.Place
    ) throws(HTTP2HeadFault) {
        let isFirst: Bool
        switch place.name.count {
        // `:path`, the first octet lowest.
        case 5 where OctetWord.load(octets, at: place.name.lowerBound, count: 5) == 0x68_7461_703a:
            isFirst = path == nil
            path = place.value
        // `:method`
        case 7 where OctetWord.load(octets, at: place.name.lowerBound, count: 7) == 0x64_6f68_7465_6d3a:
            isFirst = method == nil
            method = place.value
        // `:scheme`
        case 7 where OctetWord.load(octets, at: place.name.lowerBound, count: 7) == 0x65_6d65_6863_733a:
            isFirst = scheme == nil
            scheme = place.value
        // `:authori` and `ty`
        case 10
        where OctetWord.load(octets, at: place.name.lowerBound, count: 8) == 0x6972_6f68_7475_613a
            && octets[place.name.lowerBound &+ 8] == 0x74 && octets[place.name.lowerBound &+ 9] == 0x79:
            isFirst = authority == nil
            authority = place.value
        default: throw .pseudoFields
        }
        guard isFirst else { throw .pseudoFields }
    }

    @inline(__always)
    private mutating func read(
        _ name: FieldName,
        _ octets: Span<UInt8>,
        _ value: Range<Int>
    ) throws(HTTP2HeadFault) {
        switch name {
        case .host:
            guard host == nil else { throw .authority }
            host = value
        case .contentLength:
            guard length == nil, let number = ContentLength.read(octets, value) else { throw .contentLength }
            length = number
        case .te:
            // Nothing else may be said of it (RFC 9113 section 8.2.2). "trailers", the first letter lowest.
            guard value.count == 8,
                OctetWord.folded(OctetWord.load(octets, at: value.lowerBound)) == 0x7372_656c_6961_7274
            else { throw .connectionField }
            acceptsTrailers = true
        default: if name.isForeignToHTTP2 { throw .connectionField }
        }
    }
}

/// The parts of a request's first line and its Host.
struct HTTP2RequestTarget {
    let method: Range<Int>
    let kind: HTTPMethod
    let target: Range<Int>
    /// Empty if the request names none.
    let authority: Range<Int>

    /// Checks them, all of RFC 9113 section 8.3.1 and, for CONNECT, section 8.5.
    init(
        _ fields: HTTP2RequestFields,
        _ octets: Span<UInt8>,
        _ limits: HeadLimits
    ) throws(HTTP2HeadFault) {
        guard let method = fields.method else { throw .pseudoFields }
        guard !method.isEmpty else { throw .method }
        for index in method where !Octet.isToken(octets[index]) { throw .method }
        self.method = method
        kind = HTTPMethod(octets, method)
        authority = try Self.authority(fields, octets)
        if kind == .connect {
            guard fields.scheme == nil, fields.path == nil, let authority = fields.authority else {
                throw .pseudoFields
            }
            guard Authority(octets, authority)?.port != nil else { throw .authority }
            target = authority
        } else {
            guard let scheme = fields.scheme, let path = fields.path else { throw .pseudoFields }
            guard Self.isScheme(octets, scheme) else { throw .scheme }
            guard Self.isPath(octets, path, kind, limits) else { throw .path }
            target = path
        }
    }

    private static func authority(
        _ fields: HTTP2RequestFields,
        _ octets: Span<UInt8>
    ) throws(HTTP2HeadFault) -> Range<Int> {
        guard let authority = fields.authority else {
            let host = fields.host ?? 0..<0
            guard host.isEmpty || Authority(octets, host) != nil else { throw .authority }
            return host
        }
        guard Authority(octets, authority) != nil else { throw .authority }
        // One of them decides here, and the other one perhaps elsewhere.
        if let host = fields.host {
            guard octets.extracting(host).isSameFolded(as: octets.extracting(authority)) else { throw .authority }
        }
        return authority
    }

    private static func isScheme(_ octets: Span<UInt8>, _ scheme: Range<Int>) -> Bool {
        guard scheme.count == 4 || scheme.count == 5 else { return false }
        let word = OctetWord.folded(OctetWord.load(octets, at: scheme.lowerBound, count: scheme.count))
        // "http" and "https", the first letter lowest.
        return word == (scheme.count == 4 ? 0x7074_7468 : 0x73_7074_7468)
    }

    private static func isPath(
        _ octets: Span<UInt8>,
        _ path: Range<Int>,
        _ method: HTTPMethod,
        _ limits: HeadLimits
    ) -> Bool {
        guard !path.isEmpty else { return false }
        if octets[path.lowerBound] == 0x2a { return path.count == 1 && method == .options }
        guard octets[path.lowerBound] == 0x2f else { return false }
        for index in path {
            let octet = octets[index]
            guard octet > 0x20, octet != 0x23, octet != 0x7f, octet < 0x80 || limits.allowsNonASCIITargets else {
                return false
            }
        }
        return true
    }
}
