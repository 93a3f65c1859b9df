/// What stands behind the question of a query: at most an OPT record that matters.
struct ExtensionReading {
    private(set) var edns: QueryExtension?
    /// Whether a record does not end within the packet, or an OPT record breaks a rule of RFC 6891 section 6.1.
    private(set) var isMalformed = false

    init(_ packet: Span<UInt8>, from offset: Int, _ counts: SectionCounts) {
        var offset = offset
        let others = Int(counts.answers) + Int(counts.authorities)
        for index in 0..<others + Int(counts.additionals) {
            guard let place = RecordPlace(packet, at: offset) else {
                self.fail()
                return
            }
            offset = place.end
            guard place.type == .opt else { continue }
            guard index >= others, edns == nil, place.isOfRoot, let found = Self.edns(packet, place) else {
                self.fail()
                return
            }
            edns = found
        }
    }

    /// The reply has no OPT record then: what the client said in its own cannot be trusted.
    private mutating func fail() {
        edns = nil
        isMalformed = true
    }

    private static func edns(_ packet: Span<UInt8>, _ place: RecordPlace) -> QueryExtension? {
        guard let payloadSize = packet.number16(at: place.fields &+ 2),
            let version = packet.octet(at: place.fields &+ 5),
            let flags = packet.number16(at: place.fields &+ 6)
        else { return nil }
        // Another version may write its options otherwise.
        let options = version == 0 ? OptionsReading(packet, place.data..<place.end) : OptionsReading()
        guard let options else { return nil }
        return QueryExtension(
            payloadSize: payloadSize,
            version: version,
            dnssecOK: flags & 0x8000 != 0,
            options: options.kinds,
            cookieOffset: UInt16(truncatingIfNeeded: options.cookie.lowerBound),
            cookieLength: UInt16(truncatingIfNeeded: options.cookie.count)
        )
    }
}

/// The options of an OPT record.
private struct OptionsReading {
    var kinds: QueryOptions = []
    /// Empty if there is none.
    var cookie = 0..<0

    init() {}

    /// nil if an option does not end within the record.
    init?(_ packet: Span<UInt8>, _ range: Range<Int>) {
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard let code = packet.number16(at: offset), let length = packet.number16(at: offset &+ 2) else {
                return nil
            }
            let data = offset &+ 4
            offset = data &+ Int(length)
            guard offset <= range.upperBound else { return nil }
            let kind = QueryOptions(OptionCode(rawValue: code))
            if kind == .cookie, !kinds.contains(.cookie) { cookie = data..<offset }
            kinds.formUnion(kind)
        }
    }
}
