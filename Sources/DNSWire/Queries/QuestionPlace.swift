/// The first question of a packet.
struct QuestionPlace {
    let nameLength: Int
    let type: RecordType
    let recordClass: RecordClass

    var end: Int { Query.nameOffset + nameLength + 4 }

    /// The question, or nil if it is malformed. A pointer in its name has nowhere to lead.
    @inline(__always)
    init?(_ packet: Span<UInt8>) {
        guard let nameEnd = RecordPlace.endOfName(packet, at: Query.nameOffset),
            let type = packet.number16(at: nameEnd),
            let recordClass = packet.number16(at: nameEnd &+ 2)
        else { return nil }
        nameLength = nameEnd &- Query.nameOffset
        self.type = RecordType(rawValue: type)
        self.recordClass = RecordClass(rawValue: recordClass)
    }
}
