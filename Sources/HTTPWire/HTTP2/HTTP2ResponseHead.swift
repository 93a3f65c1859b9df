extension FieldSectionBuffer {
    /// Writes the head of a response of HTTP/1.1 that says the same: also of an interim one, which `status` tells. If there
    /// is none, nothing is written.
    ///
    /// - Parameters:
    ///   - isEnd: whether no body follows.
    ///   - isToHead: whether the request's method was HEAD.
    package borrowing func writeResponseHead(
        isEnd: Bool,
        isToHead: Bool,
        _ limits: HeadLimits,
        to buffer: inout OctetBuffer
    ) throws(HTTP2HeadFault) -> (status: UInt16, body: HTTP2Body) {
        let fields = try HTTP2ResponseFields(self)
        guard fields.status >= 200 || !isEnd else { throw .status }
        // Where a body may not be, the length of another one is said, or none.
        let isBodiless = isToHead || fields.status < 200 || fields.status == 204 || fields.status == 304
        if isEnd, !isBodiless, let length = fields.length, length > 0 { throw .contentLength }
        let start = buffer.count
        buffer.appendStatusLine(fields.status)
        let fieldStart = buffer.count
        var lines = copyResponseFields(withLength: fields.status >= 200 && fields.status != 204, to: &buffer)
        var body = HTTP2Body.none
        if !isBodiless {
            if let length = fields.length {
                body = .octets(length)
            } else {
                lines += 1
                body = isEnd ? .none : .chunked
                let framing: StaticString = isEnd ? "Content-Length: 0\r\n" : "Transfer-Encoding: chunked\r\n"
                buffer.append(framing)
            }
        }
        buffer.append("\r\n" as StaticString)
        guard buffer.count - fieldStart <= limits.fields, lines <= limits.fieldCount else {
            buffer.removeLast(buffer.count - start)
            throw .tooLarge
        }
        return (fields.status, body)
    }

    /// Returns how many lines were written.
    ///
    /// - Parameter withLength: whether a length may be said (RFC 9110 section 8.6).
    private borrowing func copyResponseFields(withLength: Bool, to buffer: inout OctetBuffer) -> Int {
        let octets = self.octets.octets.span
        let names = FieldNameTable.shared
        var lines = 0
        for index in places.indices {
            let place = places[index]
            guard octets[Int(place.start)] != Octet.colon else { continue }
            if !withLength, names.name(octets, place.name.lowerBound, place.name.upperBound) == .contentLength {
                continue
            }
            buffer.appendField(name: octets.extracting(place.name), value: octets.extracting(place.value))
            lines += 1
        }
        return lines
    }

    /// Writes the last chunk of HTTP/1.1 with the fields as its trailers. Those that may not be there are left out. If there
    /// is something wrong, nothing is written.
    package borrowing func writeTrailers(to buffer: inout OctetBuffer) throws(HTTP2HeadFault) {
        guard !isTooLarge else { throw .tooLarge }
        let octets = self.octets.octets.span
        let names = FieldNameTable.shared
        let limits = ChunkLimits()
        for index in places.indices {
            let place = places[index]
            if place.start < place.nameEnd, octets[Int(place.start)] == Octet.colon { throw .pseudoFields }
            if let fault = HTTP2FieldCheck.fault(octets, place) { throw fault }
        }
        let start = buffer.count
        buffer.append("0\r\n" as StaticString)
        let fieldStart = buffer.count
        var lines = 0
        for index in places.indices {
            let place = places[index]
            guard names.name(octets, place.name.lowerBound, place.name.upperBound).mayTrail else { continue }
            buffer.appendField(name: octets.extracting(place.name), value: octets.extracting(place.value))
            lines += 1
        }
        buffer.append("\r\n" as StaticString)
        guard buffer.count - fieldStart <= limits.trailers, lines <= limits.trailerCount else {
            buffer.removeLast(buffer.count - start)
            throw .tooLarge
        }
    }
}

/// What the fields of a response say that its frame is made of.
private struct HTTP2ResponseFields {
    /// 100…999, but not 101, which HTTP/2 has not (RFC 9113 section 8.6).
    private(set) var status: UInt16 = 0
    private(set) var length: UInt64?

    init(_ fields: borrowing FieldSectionBuffer) throws(HTTP2HeadFault) {
        guard !fields.isTooLarge else { throw .tooLarge }
        let octets = fields.octets.octets.span
        let names = FieldNameTable.shared
        for index in fields.places.indices {
            let place = fields.places[index]
            if place.start < place.nameEnd, octets[Int(place.start)] == Octet.colon {
                // It is the only one there is, so it stands first.
                guard index == 0, Self.isStatus(octets, place.name) else { throw .pseudoFields }
                status = try Self.status(octets, place.value)
                continue
            }
            if let fault = HTTP2FieldCheck.fault(octets, place) { throw fault }
            let name = names.name(octets, place.name.lowerBound, place.name.upperBound)
            if name == .contentLength {
                guard length == nil, let number = ContentLength.read(octets, place.value) else {
                    throw .contentLength
                }
                length = number
            } else if name == .te || name.isForeignToHTTP2 {
                throw .connectionField
            }
        }
        guard status > 0 else { throw .pseudoFields }
    }

    private static func isStatus(_ octets: Span<UInt8>, _ name: Range<Int>) -> Bool {
        // `:status`, the first octet lowest.
        name.count == 7 && OctetWord.load(octets, at: name.lowerBound, count: 7) == 0x73_7574_6174_733a
    }

    private static func status(_ octets: Span<UInt8>, _ value: Range<Int>) throws(HTTP2HeadFault) -> UInt16 {
        guard value.count == 3 else { throw .status }
        var number: UInt16 = 0
        for index in value {
            guard Octet.isDigit(octets[index]) else { throw .status }
            number = number * 10 + UInt16(octets[index] - 0x30)
        }
        guard number >= 100, number != 101 else { throw .status }
        return number
    }
}
