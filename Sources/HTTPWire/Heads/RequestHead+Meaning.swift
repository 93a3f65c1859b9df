extension RequestHead {
    /// Reads what the fields say about the message and its connection. Returns what is wrong with it, if anything is.
    @inline(__always)
    mutating func finish(_ octets: Span<UInt8>, _ names: FieldNameTable) -> HeadFault? {
        var reading = RequestReading()
        for index in 0..<fields.count {
            let field = fields[index]
            guard field.name.isRead else { continue }
            if let fault = reading.read(field, octets, names) { return fault }
        }
        if let fault = readHost(reading, octets) { return fault }
        if let fault = readFraming(reading) { return fault }
        tokens = reading.tokens
        options = reading.options
        if minorVersion > 0 {
            expectsContinue = reading.expectsContinue
            // Who takes such a request for one without a body takes the body for the next request (CVE-2026-58055).
            if !hasContent, reading.tokens.options.contains(.upgrade), let upgrade = reading.upgrade {
                upgradeProtocol = Upgrade.single(octets, upgrade)
            }
        }
        if upgradeProtocol != nil { options.insert(.upgrade) }
        return nil
    }

    private var hasContent: Bool { body != .none && body != .octets(0) }

    @inline(__always)
    private mutating func readHost(_ reading: RequestReading, _ octets: Span<UInt8>) -> HeadFault? {
        guard let host = reading.host else { return minorVersion == 0 ? nil : .missingHost }
        // An empty one is legal where the target's scheme needs none.
        guard host.isEmpty || Authority(octets, host) != nil else { return .host }
        // What an absolute target names stands above what Host does (RFC 9112 section 3.2.2).
        if form == .origin || form == .asterisk { authority = host }
        return nil
    }

    @inline(__always)
    private mutating func readFraming(_ reading: RequestReading) -> HeadFault? {
        if reading.isChunked {
            // Such a message may be read either way, and has been (RFC 9112 section 6.1).
            if reading.length != nil { return .lengthAndTransferEncoding }
            if minorVersion == 0 { return .transferEncodingInOldVersion }
            body = .chunked
        } else if let length = reading.length {
            body = .octets(length)
        }
        return nil
    }
}

/// What is gathered from the fields of a request.
private struct RequestReading {
    var host: Range<Int>?
    var length: UInt64?
    var isChunked = false
    var expectsContinue = false
    var upgrade: Upgrade?
    var acceptsTrailers = false
    var tokens = ConnectionTokens()

    var options: ConnectionOptions {
        var options = tokens.options.intersection([.close, .keepAlive])
        if acceptsTrailers { options.insert(.acceptsTrailers) }
        return options
    }

    mutating func read(_ field: Field, _ octets: Span<UInt8>, _ names: FieldNameTable) -> HeadFault? {
        let value = field.valueRange
        switch field.name {
        case .host:
            guard host == nil else { return .repeatedHost }
            host = value
        case .contentLength:
            guard length == nil else { return .repeatedContentLength }
            guard let number = ContentLength.read(octets, value) else { return .contentLength }
            length = number
        case .transferEncoding:
            guard !isChunked else { return .repeatedTransferEncoding }
            if let fault = TransferCoding.fault(octets, value) { return fault }
            isChunked = true
        case .connection: return tokens.add(octets, value, names)
        case .te: if TransferCoding.namesTrailers(octets, value) { acceptsTrailers = true }
        case .upgrade: upgrade = upgrade == nil ? .one(value) : .several
        case .expect:
            // A list of them is none either, be it in one field or in two.
            guard !expectsContinue, Expectation.isContinue(octets, value) else { return .expectation }
            expectsContinue = true
        default: break
        }
        return nil
    }
}
