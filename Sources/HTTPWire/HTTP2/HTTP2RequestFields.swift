/// What the fields of a request's head come to.
package struct HTTP2Request: Hashable, Sendable {
    package let method: HTTPMethod
    package let body: HTTP2Body
}

extension FieldSectionBuffer {
    /// Writes the head of a request of HTTP/1.1 that says the same; nothing if there is a fault.
    ///
    /// - Parameters:
    ///   - isEnd: whether no body follows.
    ///   - limits: those that the head that is written keeps.
    package borrowing func writeRequestHead(
        isEnd: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> HTTP2Request {
        guard !isTooLarge else { throw .tooLarge }
        let octets = octets.octets.span
        let pseudo = try HTTP2RequestPseudoFields(places, octets, limits)
        var reader = HTTP2FieldReader()
        var names = InlineArray<256, FieldName>(repeating: .other)
        for index in pseudo.count..<places.count {
            let name = try reader.read(places[index], octets)
            if index < names.count { names[index] = name }
        }
        let authority = try pseudo.authority(reader.host, octets)
        let method = HTTPMethod(octets, pseudo.method)
        let framing = try HTTP2RequestFraming(method, length: reader.length, isEnd: isEnd)
        guard reader.lineCount + framing.lineCount <= limits.fieldCount else { throw .tooLarge }
        let target = pseudo.path ?? authority
        guard pseudo.method.count + target.count + 12 <= limits.firstLine else { throw .tooLarge }

        buffer.appendRequestLine(method: octets.extracting(pseudo.method), target: octets.extracting(target))
        let start = buffer.count
        buffer.appendField(name: "Host", value: octets.extracting(authority))
        for index in pseudo.count..<places.count {
            let field = places[index]
            switch index < names.count ? names[index] : reader.name(of: field, octets) {
            case .host, .contentLength, .te, .cookie: break
            default: buffer.appendField(name: octets.extracting(field.name), value: octets.extracting(field.value))
            }
        }
        if reader.cookieCount > 0 { writeCookies(from: pseudo.count, octets, to: &buffer) }
        // RFC 9110 section 10.1.4.
        if reader.takesTrailers { buffer.append("Connection: TE\r\nTE: trailers\r\n" as StaticString) }
        framing.write(to: &buffer)
        buffer.append("\r\n" as StaticString)
        guard buffer.count - start <= limits.fields else {
            buffer.removeLast(buffer.count - start + pseudo.method.count + target.count + 12)
            throw .tooLarge
        }
        return HTTP2Request(method: method, body: framing.body)
    }

    /// Several fields make one (RFC 9113 section 8.2.3). Empty ones would leave a blank at its end.
    private borrowing func writeCookies(from start: Int, _ octets: Span<UInt8>, to buffer: inout OctetBuffer) {
        var isFirst = true
        let names = FieldNameTable.shared
        for field in places[start...]
        where !field.value.isEmpty
            && names.name(octets, field.name.lowerBound, field.name.upperBound) == .cookie
        {
            if isFirst { buffer.append("Cookie: " as StaticString) } else { buffer.append("; " as StaticString) }
            isFirst = false
            buffer.append(octets, field.value)
        }
        buffer.append("\r\n" as StaticString)
    }
}

/// What tells where the body of a request ends. Never is there a body without it.
private enum HTTP2RequestFraming {
    /// Neither a body nor a word about it.
    case none
    /// Nothing is left of so many octets if the head was the end.
    case length(UInt64, isEnd: Bool)
    case chunked

    init(_ method: HTTPMethod, length: UInt64?, isEnd: Bool) throws(HTTP2HeadFault) {
        if let length {
            guard !isEnd || length == 0 else { throw .contentLength }
            self = .length(length, isEnd: isEnd)
        } else if isEnd {
            // RFC 9110 section 8.6: of methods that have a body, to say that there is none.
            switch method {
            case .post, .put, .patch: self = .length(0, isEnd: true)
            default: self = .none
            }
        } else {
            self = .chunked
        }
    }

    var body: HTTP2Body {
        switch self {
        case .none, .length(_, isEnd: true): .none
        case .length(let length, isEnd: false): .octets(length)
        case .chunked: .chunked
        }
    }

    var lineCount: Int {
        switch self {
        case .none: 0
        case .length, .chunked: 1
        }
    }

    func write(to buffer: inout OctetBuffer) {
        switch self {
        case .none: break
        case .length(let length, _): buffer.appendField(name: "Content-Length", decimal: length)
        case .chunked: buffer.append("Transfer-Encoding: chunked\r\n" as StaticString)
        }
    }
}

/// The pseudo-header fields of a request (RFC 9113 section 8.3.1).
private struct HTTP2RequestPseudoFields {
    private(set) var method = 0..<0
    private(set) var scheme: Range<Int>?
    /// Nil with CONNECT, which has none.
    private(set) var path: Range<Int>?
    private var named: Range<Int>?
    /// How many there are, at the beginning.
    private(set) var count = 0

    init(
        _ places: [FieldSectionBuffer.Place],
        _ octets: Span<UInt8>,
        _ limits: HeadLimits
    ) throws(HTTP2HeadFault) {
        for field in places {
            guard !field.name.isEmpty, octets[field.name.lowerBound] == Octet.colon else { break }
            try read(field, octets)
            count += 1
        }
        guard !method.isEmpty else { throw .pseudoFields }
        let method = HTTPMethod(octets, method)
        if method == .connect {
            guard scheme == nil, path == nil, named != nil else { throw .pseudoFields }
        } else {
            guard scheme != nil, let path else { throw .pseudoFields }
            guard Self.isPath(octets, path, of: method, limits) else { throw .path }
        }
    }

    private mutating func read(_ field: FieldSectionBuffer.Place, _ octets: Span<UInt8>) throws(HTTP2HeadFault) {
        let name = octets.extracting(field.name)
        let value = field.value
        if name.isSame(as: HTTP2Names.method) {
            guard method.isEmpty else { throw .pseudoFields }
            guard !value.isEmpty else { throw .method }
            for index in value where !Octet.isToken(octets[index]) { throw .method }
            method = value
        } else if name.isSame(as: HTTP2Names.path) {
            guard path == nil else { throw .pseudoFields }
            path = value
        } else if name.isSame(as: HTTP2Names.scheme) {
            guard scheme == nil else { throw .pseudoFields }
            guard Self.isSchemeOfHTTP(octets, value) else { throw .scheme }
            scheme = value
        } else if name.isSame(as: HTTP2Names.authority) {
            guard named == nil else { throw .pseudoFields }
            guard value.isEmpty || Authority(octets, value) != nil else { throw .authority }
            named = value
        } else {
            throw .pseudoFields
        }
    }

    /// What goes for the host: `:authority`, else Host. If there are both they say the same.
    func authority(_ host: Range<Int>?, _ octets: Span<UInt8>) throws(HTTP2HeadFault) -> Range<Int> {
        if let host, !host.isEmpty, Authority(octets, host) == nil { throw .authority }
        guard let named, !named.isEmpty else {
            if path == nil { throw .authority }
            return host ?? 0..<0
        }
        if let host {
            guard host.count == named.count else { throw .authority }
            for index in 0..<host.count
            where Octet.folded(octets[host.lowerBound + index]) != Octet.folded(octets[named.lowerBound + index]) {
                throw .authority
            }
        }
        // Where there is no path the authority is what is to be connected.
        if path == nil, Authority(octets, named)?.port == nil { throw .authority }
        return named
    }

    /// A path, or `*` alone with OPTIONS, with no octet that would end a target or belongs behind it.
    private static func isPath(
        _ octets: Span<UInt8>,
        _ range: Range<Int>,
        of method: HTTPMethod,
        _ limits: HeadLimits
    ) -> Bool {
        guard let first = range.first else { return false }
        if octets[first] == 0x2a { return range.count == 1 && method == .options }
        guard octets[first] == 0x2f else { return false }
        let end: UInt8 = limits.allowsNonASCIITargets ? 0xff : 0x7e
        for index in range {
            let octet = octets[index]
            guard octet > 0x20, octet <= end, octet != 0x7f, octet != 0x23 else { return false }
        }
        return true
    }

    private static func isSchemeOfHTTP(_ octets: Span<UInt8>, _ range: Range<Int>) -> Bool {
        let scheme = octets.extracting(range)
        return scheme.isSame(as: HTTP2Scheme.http.octets) || scheme.isSame(as: HTTP2Scheme.https.octets)
    }
}
