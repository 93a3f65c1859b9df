extension OctetBuffer {
    /// Appends the query of a request that was parsed from `octets`, if it has one, with its `?`: as it came, but for octets
    /// that are not ASCII, which are escaped.
    package mutating func appendQuery(of head: RequestHead, in octets: Span<UInt8>) {
        guard let query = head.query else { return }
        append("?" as StaticString)
        guard !head.isQueryPlain else { return append(octets, query) }
        append(room: 3 * query.count) {
            for index in query {
                if octets[index] < 0x80 { $0.append(octets[index]) } else { $0.append(escapeOf: octets[index]) }
            }
        }
    }
}

extension RequestHead {
    /// What stands behind the first `?`, as it is written.
    package func query(in octets: Span<UInt8>) -> [UInt8]? {
        guard query != nil else { return nil }
        var buffer = OctetBuffer()
        buffer.appendQuery(of: self, in: octets)
        return Array(buffer.octets.dropFirst())
    }
}

extension OutputSpan<UInt8> {
    /// Appends what stands for an octet in a URI that cannot have it itself, for which there has to be room: `%` and two
    /// digits in upper case (RFC 3986 section 2.1).
    mutating func append(escapeOf octet: UInt8) {
        append(0x25)
        append(hexadecimalDigit: octet &>> 4)
        append(hexadecimalDigit: octet & 0x0f)
    }

    private mutating func append(hexadecimalDigit value: UInt8) { append(value < 10 ? 0x30 &+ value : 0x37 &+ value) }
}
