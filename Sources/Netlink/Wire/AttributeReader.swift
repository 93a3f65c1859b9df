/// Walks over attributes: each a length, a type and a value, padded to four bytes.
enum AttributeReader {
    private static let headerSize = 4

    /// Calls `body` with each attribute of `bytes` from `offset` on. Stops at the first that does not fit, as the
    /// kernel's own walker does.
    static func forEach(in bytes: RawSpan, from offset: Int = 0, _ body: (AttributeType, RawSpan) -> Void) {
        var offset = offset
        while let length = bytes.number(at: offset, as: UInt16.self).map(Int.init),
            let type = bytes.number(at: offset + 2, as: UInt16.self)
        {
            guard length >= headerSize, length <= bytes.byteCount - offset else { return }
            body(AttributeType(masking: type), bytes.extracting(offset + headerSize..<offset + length))
            offset += aligned(length)
        }
    }

    /// The length with the padding to the next multiple of four.
    static func aligned(_ length: Int) -> Int { (length + 3) & ~3 }
}
