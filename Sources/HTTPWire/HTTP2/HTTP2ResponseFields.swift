/// What the fields of a response's head come to.
package struct HTTP2Response: Hashable, Sendable {
    package let status: UInt16
    package let body: HTTP2Body

    /// Whether another one precedes the one that was asked for.
    package var isInterim: Bool { status < 200 }
}

extension FieldSectionBuffer {
    /// Writes the head of a response of HTTP/1.1 that says the same, also of an interim one; nothing if there is a fault.
    ///
    /// - Parameters:
    ///   - isEnd: whether no body follows.
    ///   - isToHead: whether the request's method was HEAD.
    ///   - limits: those that the head that is written keeps.
    package borrowing func writeResponseHead(
        isEnd: Bool,
        isToHead: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> HTTP2Response {
        // A line says what the status does, and at most one is added.
        guard !isTooLarge, places.count <= limits.fieldCount else { throw .tooLarge }
        let octets = octets.octets.span
        let status = try Self.status(places, octets)
        // Nothing is changed into another protocol here (RFC 9113 section 8.6).
        guard status != 101, status >= 200 || !isEnd else { throw .status }
        let start = buffer.count
        do throws(HTTP2HeadFault) {
            buffer.appendStatusLine(status)
            let startOfFields = buffer.count
            let length = try writeResponseFields(octets, to: &buffer)
            let hasBody = status >= 200 && status != 204 && status != 304 && !isToHead
            let body = try Self.body(length: length, isEnd: isEnd, hasBody: hasBody, status, to: &buffer)
            buffer.append("\r\n" as StaticString)
            guard buffer.count - startOfFields <= limits.fields else { throw .tooLarge }
            return HTTP2Response(status: status, body: body)
        } catch {
            buffer.removeLast(buffer.count - start)
            throw error
        }
    }

    /// Returns what Content-Length says, which is not written.
    private borrowing func writeResponseFields(
        _ octets: Span<UInt8>,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> UInt64? {
        var reader = HTTP2FieldReader()
        for field in places.dropFirst() {
            let name = try reader.read(field, octets)
            if name == .te { throw .connectionField }
            guard name != .contentLength else { continue }
            buffer.appendField(name: octets.extracting(field.name), value: octets.extracting(field.value))
        }
        return reader.length
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

    /// 100…999, as in HTTP/1: see `StatusLine`.
    private static func status(_ places: [Place], _ octets: Span<UInt8>) throws(HTTP2HeadFault) -> UInt16 {
        guard let field = places.first, octets.extracting(field.name).isSame(as: HTTP2Names.status) else {
            throw .pseudoFields
        }
        guard field.value.count == 3 else { throw .status }
        var status: UInt16 = 0
        for index in field.value {
            guard Octet.isDigit(octets[index]) else { throw .status }
            status = status * 10 + UInt16(octets[index] - 0x30)
        }
        guard status >= 100 else { throw .status }
        return status
    }

    /// Writes the last chunk of HTTP/1.1 with the fields as its trailers; nothing if there is a fault. Fields that may not
    /// be there are left out.
    ///
    /// - Parameter limits: those that the trailers that are written keep.
    package borrowing func writeTrailers(
        _ limits: ChunkLimits = ChunkLimits(),
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) {
        guard !isTooLarge else { throw .tooLarge }
        let start = buffer.count
        do throws(HTTP2HeadFault) {
            buffer.append("0\r\n" as StaticString)
            let startOfFields = buffer.count
            let count = try writeTrailerFields(octets.octets.span, to: &buffer)
            buffer.append("\r\n" as StaticString)
            guard count <= limits.trailerCount, buffer.count - startOfFields <= limits.trailers else {
                throw .tooLarge
            }
        } catch {
            buffer.removeLast(buffer.count - start)
            throw error
        }
    }

    /// Returns how many fields are written.
    private borrowing func writeTrailerFields(
        _ octets: Span<UInt8>,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> Int {
        var reader = HTTP2FieldReader()
        var count = 0
        for field in places {
            let name = try reader.read(field, octets)
            guard name.mayTrail else { continue }
            buffer.appendField(name: octets.extracting(field.name), value: octets.extracting(field.value))
            count += 1
        }
        return count
    }
}
