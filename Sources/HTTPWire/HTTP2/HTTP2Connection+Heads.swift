extension HTTP2Connection {
    /// Sends the head of a response that was parsed from HTTP/1, or of an interim one. 101 Switching Protocols is success
    /// without the fields of its handshake (RFC 8441 section 5).
    package mutating func send(_ head: ResponseHead, in octets: Span<UInt8>, on stream: UInt32, isEnd: Bool) {
        sendFields(on: stream, isEnd: isEnd) { encoder, block in
            let isTunnel = head.status == 101
            encoder.append(status: isTunnel ? 200 : head.status, to: &block)
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                guard !field.name.isOfConnection, !head.isNominated(field, in: octets) else { continue }
                if isTunnel, field.name == .secWebSocketAccept || field.name == .contentLength { continue }
                Self.append(field, octets, &encoder, &block)
            }
        }
    }

    /// Sends the head of a request that was parsed from HTTP/1: of one whose target is a path, or `*`.
    package mutating func send(
        _ head: RequestHead,
        in octets: Span<UInt8>,
        scheme: HTTP2Scheme,
        on stream: UInt32,
        isEnd: Bool
    ) {
        sendFields(on: stream, isEnd: isEnd) { encoder, block in
            Self.append(HTTP2Names.method, octets.extracting(head.methodRange), &encoder, &block)
            Self.append(HTTP2Names.scheme, scheme.octets, &encoder, &block)
            if let authority = head.authority, !authority.isEmpty {
                Self.append(HTTP2Names.authority, octets.extracting(authority), &encoder, &block)
            }
            Self.append(HTTP2Names.path, octets.extracting(head.target), &encoder, &block)
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                guard field.name != .host, !field.name.isOfConnection, !head.isNominated(field, in: octets) else {
                    continue
                }
                Self.append(field, octets, &encoder, &block)
            }
            guard head.options.contains(.acceptsTrailers) else { return }
            Self.append(HTTP2Names.te, HTTP2Names.trailers, &encoder, &block)
        }
    }

    /// Sends the trailers of a body in chunks, and ends the stream.
    package mutating func sendTrailers(_ trailers: FieldList, in octets: Span<UInt8>, on stream: UInt32) {
        sendFields(on: stream, isEnd: true) { encoder, block in
            for index in 0..<trailers.count { Self.append(trailers[index], octets, &encoder, &block) }
        }
    }

    private static func append(
        _ field: Field,
        _ octets: Span<UInt8>,
        _ encoder: inout HPACKEncoder,
        _ block: inout OctetBuffer
    ) {
        encoder.append(
            name: octets.extracting(field.nameRange),
            value: octets.extracting(field.valueRange),
            to: &block
        )
    }

    private static func append(
        _ name: [UInt8],
        _ value: [UInt8],
        _ encoder: inout HPACKEncoder,
        _ block: inout OctetBuffer
    ) {
        append(name, value.span, &encoder, &block)
    }

    private static func append(
        _ name: [UInt8],
        _ value: Span<UInt8>,
        _ encoder: inout HPACKEncoder,
        _ block: inout OctetBuffer
    ) {
        encoder.append(name: name.span, value: value, to: &block)
    }
}
