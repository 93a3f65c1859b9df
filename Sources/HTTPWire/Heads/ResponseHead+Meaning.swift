extension ResponseHead {
    /// Reads what the fields say about the message and its connection. Returns what is wrong with it, if anything is.
    @inline(__always)
    mutating func finish(_ octets: Span<UInt8>, to method: HTTPMethod, _ names: FieldNameTable) -> HeadFault? {
        var length: UInt64?
        var isChunked = false
        var upgrade: Upgrade?
        for index in 0..<fields.count {
            let field = fields[index]
            guard field.name.isRead else { continue }
            let value = field.valueRange
            switch field.name {
            case .contentLength:
                guard length == nil else { return .repeatedContentLength }
                guard let number = ContentLength.read(octets, value) else { return .contentLength }
                length = number
            case .transferEncoding:
                guard !isChunked else { return .repeatedTransferEncoding }
                if let fault = TransferCoding.fault(octets, value) { return fault }
                isChunked = true
            case .connection: if let fault = tokens.add(octets, value, names) { return fault }
            case .upgrade: upgrade = upgrade == nil ? .one(value) : .several
            default: break
            }
        }
        if isChunked, length != nil { return .lengthAndTransferEncoding }
        if isChunked, minorVersion == 0 { return .transferEncodingInOldVersion }
        options = tokens.options.intersection([.close, .keepAlive])
        if status == 101, let upgrade, tokens.options.contains(.upgrade) {
            upgradeProtocol = Upgrade.single(octets, upgrade)
            if upgradeProtocol != nil { options.insert(.upgrade) }
        }
        body = framing(length, isChunked, to: method)
        return nil
    }

    private func framing(_ length: UInt64?, _ isChunked: Bool, to method: HTTPMethod) -> ResponseBody {
        if method == .head || status < 200 || status == 204 || status == 304 { return .none }
        if isChunked { return .chunked }
        return length.map { .octets($0) } ?? .untilClose
    }
}
