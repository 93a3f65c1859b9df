extension HTTP2Connection {
    /// Sends the head of a response that was parsed from HTTP/1, or of an interim one.
    package mutating func send(_ head: ResponseHead, in octets: Span<UInt8>, on stream: UInt32, isEnd: Bool) {
        sendFields(on: stream, isEnd: isEnd) { encoder, block in
            encoder.append(status: head.status, to: &block)
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                guard !field.name.isOfConnection, !head.isNominated(field, in: octets) else { continue }
                Self.append(field, octets, &encoder, &block)
            }
        }
    }

    /// Sends the head of a request that was parsed from HTTP/1: of one whose target is a path, or `*`.
    ///
    /// - Parameter scheme: `http` or `https`.
    package mutating func send(
        _ head: RequestHead,
        in octets: Span<UInt8>,
        scheme: StaticString,
        on stream: UInt32,
        isEnd: Bool
    ) {
        sendFields(on: stream, isEnd: isEnd) { encoder, block in
            Self.append(":method", octets.extracting(head.methodRange), &encoder, &block)
            scheme.withOctets { Self.append(":scheme", $0, &encoder, &block) }
            if let authority = head.authority, !authority.isEmpty {
                Self.append(":authority", octets.extracting(authority), &encoder, &block)
            }
            Self.append(":path", octets.extracting(head.target), &encoder, &block)
            for index in 0..<head.fields.count {
                let field = head.fields[index]
                guard field.name != .host, !field.name.isOfConnection, !head.isNominated(field, in: octets) else {
                    continue
                }
                Self.append(field, octets, &encoder, &block)
            }
            guard head.options.contains(.acceptsTrailers) else { return }
            ("trailers" as StaticString).withOctets { Self.append("te", $0, &encoder, &block) }
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
        _ name: StaticString,
        _ value: Span<UInt8>,
        _ encoder: inout HPACKEncoder,
        _ block: inout OctetBuffer
    ) {
        name.withOctets { encoder.append(name: $0, value: value, to: &block) }
    }
}

extension StaticString {
    /// Lends its octets.
    func withOctets(_ body: (Span<UInt8>) -> Void) {
        let octets = unsafe UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
        body(unsafe octets.span)
    }

    /// Whether these are its octets.
    func matches(_ other: Span<UInt8>) -> Bool {
        guard other.count == utf8CodeUnitCount else { return false }
        var areSame = true
        withOctets { octets in
            for index in 0..<other.count where octets[index] != other[index] { areSame = false }
        }
        return areSame
    }
}
