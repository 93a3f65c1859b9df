/// Where a record and its fields stand in a packet, found without reading more of it than that.
struct RecordPlace {
    /// The first octet of the type, behind the name.
    let fields: Int
    /// The first octet of the data.
    let data: Int
    /// The first octet behind the data.
    let end: Int
    let type: RecordType
    /// Whether the name is that of the root.
    let isOfRoot: Bool

    /// The record at `offset`, or nil if it is malformed or does not end within the octets.
    ///
    /// - Parameter base: where in its packet the first of these octets stands, if they are only a part of one.
    @inline(__always)
    init?(_ octets: Span<UInt8>, at offset: Int, base: Int = 0) {
        guard let fields = Self.endOfName(octets, at: offset, base: base),
            let type = octets.number16(at: fields),
            let length = octets.number16(at: fields &+ 8)
        else { return nil }
        data = fields &+ 10
        end = data &+ Int(length)
        guard end <= octets.count else { return nil }
        self.fields = fields
        self.type = RecordType(rawValue: type)
        isOfRoot = octets.octet(at: offset) == 0
    }

    /// The end of the name at `offset`, without what its pointer leads to, or nil if it is malformed.
    @inline(__always)
    static func endOfName(_ octets: Span<UInt8>, at offset: Int, base: Int = 0) -> Int? {
        var position = offset
        while let length = octets.octet(at: position) {
            switch length >> 6 {
            case 0:
                position &+= 1 &+ Int(length)
                guard position &- offset <= DNSName.maximumLength else { return nil }
                if length == 0 { return position }
            case 3:
                guard let pointer = octets.number16(at: position) else { return nil }
                let target = Int(pointer & 0x3fff)
                // Only backwards, as where names are read: a chain of such pointers ends.
                return target >= MessageHeader.length && target < offset &+ base ? position &+ 2 : nil
            default: return nil
            }
        }
        return nil
    }
}
