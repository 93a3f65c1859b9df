extension HTTP2Connection {
    /// Sends the head of a response that was parsed from HTTP/1, or of an interim one.
    package mutating func send(
        _ head: borrowing ResponseHead,
        in octets: Span<UInt8>,
        on stream: UInt32,
        isEnd: Bool
    ) {
        let isLengthKept = head.status >= 200 && head.status != 204
        sendFields(on: stream, isEnd: isEnd) { encoder, block in
            encoder.append(status: head.status, to: &block)
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                guard !field.name.isOfConnection, field.name != .contentLength || isLengthKept,
                    !head.isNominated(field, in: octets)
                else { continue }
                encoder.append(field, of: octets, to: &block)
            }
        }
    }

    /// Sends the head of a request that was parsed from HTTP/1.
    ///
    /// - Parameter scheme: `http` or `https`.
    package mutating func send(
        _ head: borrowing RequestHead,
        in octets: Span<UInt8>,
        scheme: StaticString,
        on stream: UInt32,
        isEnd: Bool
    ) {
        sendFields(on: stream, isEnd: isEnd) { encoder, block in
            encoder.appendPseudoFields(of: head, in: octets, scheme: scheme, to: &block)
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                guard !field.name.isOfConnection, field.name != .host, !head.isNominated(field, in: octets) else {
                    continue
                }
                encoder.append(field, of: octets, to: &block)
            }
            if head.options.contains(.acceptsTrailers) { encoder.append("te", "trailers", to: &block) }
        }
    }

    /// Sends the trailers of a body in chunks, and ends the stream.
    package mutating func sendTrailers(_ trailers: borrowing FieldList, in octets: Span<UInt8>, on stream: UInt32) {
        sendFields(on: stream, isEnd: true) { encoder, block in
            for index in 0..<trailers.count { encoder.append(trailers[index], of: octets, to: &block) }
        }
    }
}

extension HPACKEncoder {
    @inline(__always)
    fileprivate mutating func append(_ field: Field, of octets: Span<UInt8>, to block: inout OctetBuffer) {
        append(name: octets.extracting(field.nameRange), value: octets.extracting(field.valueRange), to: &block)
    }

    fileprivate mutating func append(_ name: StaticString, _ value: Span<UInt8>, to block: inout OctetBuffer) {
        let name = unsafe UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        append(name: unsafe name.span, value: value, to: &block)
    }

    fileprivate mutating func append(_ name: StaticString, _ value: StaticString, to block: inout OctetBuffer) {
        let value = unsafe UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount)
        append(name, unsafe value.span, to: &block)
    }

    /// RFC 9113 sections 8.3.1 and 8.5.
    fileprivate mutating func appendPseudoFields(
        of head: borrowing RequestHead,
        in octets: Span<UInt8>,
        scheme: StaticString,
        to block: inout OctetBuffer
    ) {
        append(":method", octets.extracting(head.methodRange), to: &block)
        if head.form != .authority {
            append(":scheme", scheme, to: &block)
            appendPath(of: head, in: octets, to: &block)
        }
        if let authority = head.authority, !authority.isEmpty {
            append(":authority", octets.extracting(authority), to: &block)
        }
    }

    private mutating func appendPath(
        of head: borrowing RequestHead,
        in octets: Span<UInt8>,
        to block: inout OctetBuffer
    ) {
        if !head.path.isEmpty {
            append(":path", octets.extracting(head.path.lowerBound..<head.target.upperBound), to: &block)
        } else if let query = head.query {
            // An absolute target without a path, which is rare.
            var path = OctetBuffer()
            path.append("/?" as StaticString)
            path.append(octets, query)
            append(":path", path.octets.span, to: &block)
        } else {
            append(":path", head.method == .options ? "*" : "/", to: &block)
        }
    }
}
