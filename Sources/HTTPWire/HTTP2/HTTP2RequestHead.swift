extension FieldSectionBuffer {
    /// Writes the head of a request of HTTP/1.1 that says the same. If there is none, nothing is written.
    ///
    /// - Parameter isEnd: whether no body follows.
    package borrowing func writeRequestHead(
        isEnd: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> HTTP2Body {
        let octets = self.octets.octets.span
        let fields = try HTTP2RequestFields(self)
        let target = try HTTP2RequestTarget(fields, octets, limits)
        if isEnd, let length = fields.length, length > 0 { throw .contentLength }
        let start = buffer.count
        buffer.appendRequestLine(method: octets.extracting(target.method), target: octets.extracting(target.target))
        let fieldStart = buffer.count
        buffer.appendField(name: "Host", value: octets.extracting(target.authority))
        var lines = 1 + copyRequestFields(to: &buffer)
        if fields.acceptsTrailers {
            buffer.append("Connection: TE\r\nTE: trailers\r\n" as StaticString)
            lines += 2
        }
        let body = buffer.appendFraming(of: target.kind, fields.length, isEnd: isEnd, &lines)
        buffer.append("\r\n" as StaticString)
        guard fieldStart - start <= limits.firstLine, buffer.count - fieldStart <= limits.fields,
            lines <= limits.fieldCount
        else {
            buffer.removeLast(buffer.count - start)
            throw .tooLarge
        }
        return body
    }

    /// Returns how many lines were written.
    private borrowing func copyRequestFields(to buffer: inout OctetBuffer) -> Int {
        let octets = self.octets.octets.span
        let names = FieldNameTable.shared
        var lines = 0
        var hasCookies = false
        for index in places.indices {
            let place = places[index]
            guard octets[Int(place.start)] != Octet.colon else { continue }
            switch names.name(octets, place.name.lowerBound, place.name.upperBound) {
            case .host, .te: continue
            case .cookie:
                guard !hasCookies else { continue }
                hasCookies = true
                copyCookies(from: index, to: &buffer)
            default:
                buffer.appendField(name: octets.extracting(place.name), value: octets.extracting(place.value))
            }
            lines += 1
        }
        return lines
    }

    /// Writes one line of what may be many fields (RFC 9113 section 8.2.3).
    private borrowing func copyCookies(from first: Int, to buffer: inout OctetBuffer) {
        let octets = self.octets.octets.span
        let names = FieldNameTable.shared
        buffer.append("cookie: " as StaticString)
        for index in first..<places.count {
            let place = places[index]
            guard names.name(octets, place.name.lowerBound, place.name.upperBound) == .cookie else { continue }
            if index > first { buffer.append("; " as StaticString) }
            buffer.append(octets, place.value)
        }
        buffer.append("\r\n" as StaticString)
    }
}

extension OctetBuffer {
    /// Appends what says how long the body is, unless that was said already. There is never a body without it.
    fileprivate mutating func appendFraming(
        of method: HTTPMethod,
        _ length: UInt64?,
        isEnd: Bool,
        _ lines: inout Int
    ) -> HTTP2Body {
        if let length { return .octets(length) }
        guard isEnd else {
            append("Transfer-Encoding: chunked\r\n" as StaticString)
            lines += 1
            return .chunked
        }
        // Those to whose methods a body belongs are told that there is none (RFC 9110 section 8.6).
        if method == .post || method == .put || method == .patch {
            append("Content-Length: 0\r\n" as StaticString)
            lines += 1
        }
        return .none
    }
}
