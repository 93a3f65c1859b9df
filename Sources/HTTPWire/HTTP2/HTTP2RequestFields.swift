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
    ///   - webSocketKey: of a request for a WebSocket, which becomes that of HTTP/1.1: its Sec-WebSocket-Key.
    package borrowing func writeRequestHead(
        isEnd: Bool,
        _ limits: HeadLimits,
        webSocketKey: @autoclosure () -> [UInt8],
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
        // RFC 9220 section 3: nothing is wrong with it, but nobody here knows it.
        guard pseudo.protocolName == nil || pseudo.isWebSocket(octets) else { throw .unknownProtocol }
        let isTunnel = pseudo.protocolName != nil
        let method = isTunnel ? .get : HTTPMethod(octets, pseudo.method)
        let framing =
            if isTunnel {
                HTTP2RequestFraming.tunnel(namesVersion: namesWebSocketVersion(from: pseudo.count, octets))
            } else {
                try HTTP2RequestFraming(method, length: reader.length, isEnd: isEnd)
            }
        guard reader.lineCount + framing.lineCount <= limits.fieldCount else { throw .tooLarge }
        let target = pseudo.path ?? authority
        guard pseudo.method.count + target.count + 12 <= limits.firstLine else { throw .tooLarge }

        let startOfLine = buffer.count
        if isTunnel {
            buffer.append("GET " as StaticString)
            buffer.append(octets, target)
            buffer.append(" HTTP/1.1\r\n" as StaticString)
        } else {
            buffer.appendRequestLine(method: octets.extracting(pseudo.method), target: octets.extracting(target))
        }
        let start = buffer.count
        buffer.appendField(name: "Host", value: octets.extracting(authority))
        for index in pseudo.count..<places.count {
            let field = places[index]
            switch index < names.count ? names[index] : reader.name(of: field, octets) {
            case .host, .contentLength, .te, .cookie: break
            // What of the handshake of HTTP/1.1 has no place in HTTP/2 (RFC 8441 section 5) would be a second one.
            case .secWebSocketKey where isTunnel, .secWebSocketAccept where isTunnel: break
            default: buffer.appendField(name: octets.extracting(field.name), value: octets.extracting(field.value))
            }
        }
        if reader.cookieCount > 0 { writeCookies(from: pseudo.count, octets, to: &buffer) }
        // RFC 9110 section 10.1.4.
        if reader.takesTrailers, !isTunnel {
            buffer.append("Connection: TE\r\nTE: trailers\r\n" as StaticString)
        }
        framing.write(webSocketKey: webSocketKey, to: &buffer)
        buffer.append("\r\n" as StaticString)
        guard buffer.count - start <= limits.fields else {
            buffer.removeLast(buffer.count - startOfLine)
            throw .tooLarge
        }
        return HTTP2Request(method: method, body: framing.body)
    }

    /// Whether Sec-WebSocket-Version is there.
    private borrowing func namesWebSocketVersion(from start: Int, _ octets: Span<UInt8>) -> Bool {
        let names = FieldNameTable.shared
        for field in places[start...] {
            let name = names.name(octets, field.name.lowerBound, field.name.upperBound)
            if name == .secWebSocketVersion { return true }
        }
        return false
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

/// The pseudo-header fields of a request (RFC 9113 section 8.3.1, RFC 8441 section 4).
private struct HTTP2RequestPseudoFields {
    private(set) var method = 0..<0
    private(set) var scheme: Range<Int>?
    /// Nil with CONNECT, which has none unless it names a protocol.
    private(set) var path: Range<Int>?
    /// What CONNECT asks for in place of a tunnel to somewhere.
    private(set) var protocolName: Range<Int>?
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
        guard protocolName == nil || method == .connect else { throw .pseudoFields }
        if method == .connect, protocolName == nil {
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
        } else if name.isSame(as: HTTP2Names.protocolName) {
            guard protocolName == nil else { throw .pseudoFields }
            guard !value.isEmpty else { throw .protocolName }
            for index in value where !Octet.isToken(octets[index]) { throw .protocolName }
            protocolName = value
        } else {
            throw .pseudoFields
        }
    }

    /// Names of protocols are the same in capitals (RFC 9110 section 7.8).
    func isWebSocket(_ octets: Span<UInt8>) -> Bool {
        guard let protocolName else { return false }
        return octets.extracting(protocolName).isSameFolded(as: HTTP2Names.webSocket)
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
