/// What the fields of a response's head come to.
package struct HTTP2Response: Hashable, Sendable {
    package let status: UInt16
    package let body: HTTP2Body

    /// Whether another one precedes the one that was asked for.
    package var isInterim: Bool { status < 200 }
}

extension FieldSectionBuffer {
    /// Writes the head of a response of HTTP/1.1 that says the same, also of an interim one.
    ///
    /// - Parameters:
    ///   - isEnd: whether no body follows.
    ///   - isToHead: whether the request's method was HEAD.
    package borrowing func writeResponseHead(
        isEnd: Bool,
        isToHead: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> HTTP2Response {
        guard !isTooLarge, places.count <= limits.fieldCount else { throw .tooLarge }
        let octets = octets.octets.span
        guard let first = places.first, let status = Self.status(octets, first) else { throw .pseudoFields }
        // Nothing is changed into another protocol here (RFC 9113 section 8.6).
        guard status != 101, status >= 200 || !isEnd else { throw .status }
        var reader = HTTP2FieldReader()
        buffer.appendStatusLine(status)
        for field in places.dropFirst() {
            let name = try reader.read(field, octets)
            if name == .te { throw .connectionField }
            guard name != .contentLength else { continue }
            buffer.appendField(name: octets.extracting(field.name), value: octets.extracting(field.value))
        }
        let hasBody = status >= 200 && status != 204 && status != 304 && !isToHead
        let body = try Self.body(length: reader.length, isEnd: isEnd, hasBody: hasBody, status, to: &buffer)
        buffer.append("\r\n" as StaticString)
        return HTTP2Response(status: status, body: body)
    }

    private static func body(
        length: UInt64?,
        isEnd: Bool,
        hasBody: Bool,
        _ status: UInt16,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> HTTP2Body {
        guard hasBody else {
            // What HEAD and 304 say of a length is about the answer to GET.
            if let length, status >= 200, status != 204 { buffer.appendField(name: "Content-Length", decimal: length) }
            return .none
        }
        if let length {
            guard !isEnd || length == 0 else { throw .contentLength }
            buffer.appendField(name: "Content-Length", decimal: length)
            return isEnd ? .none : .octets(length)
        }
        if isEnd {
            buffer.append("Content-Length: 0\r\n" as StaticString)
            return .none
        }
        buffer.append("Transfer-Encoding: chunked\r\n" as StaticString)
        return .chunked
    }

    private static func status(_ octets: Span<UInt8>, _ field: Place) -> UInt16? {
        guard octets.extracting(field.name).isSame(as: HTTP2Names.status), field.value.count == 3 else {
            return nil
        }
        var status: UInt16 = 0
        for index in field.value {
            guard Octet.isDigit(octets[index]) else { return nil }
            status = status * 10 + UInt16(octets[index] - 0x30)
        }
        return status >= 100 ? status : nil
    }

    /// Writes the last chunk of HTTP/1.1 with the fields as its trailers. Those that may not be there are left out.
    package borrowing func writeTrailers(to buffer: inout OctetBuffer) throws(HTTP2HeadFault) {
        guard !isTooLarge else { throw .tooLarge }
        let octets = octets.octets.span
        var reader = HTTP2FieldReader()
        buffer.append("0\r\n" as StaticString)
        for field in places {
            guard field.name.isEmpty || octets[field.name.lowerBound] != Octet.colon else { throw .pseudoFields }
            let name = try reader.read(field, octets)
            guard name.mayTrail else { continue }
            buffer.appendField(name: octets.extracting(field.name), value: octets.extracting(field.value))
        }
        buffer.append("\r\n" as StaticString)
    }
}
