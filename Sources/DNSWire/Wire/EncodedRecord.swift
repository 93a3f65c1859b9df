/// A record whose data is not yet decoded.
struct EncodedRecord {
    /// Where in the packet it begins.
    let offset: Int
    let name: DNSName
    let type: RecordType
    /// The class, as the number that it is: in OPT records it means something else.
    let classNumber: UInt16
    /// The TTL, as the number that it is: in OPT records it means something else.
    let ttl: UInt32
    /// Over the data.
    var data: PacketCursor

    init(_ packet: Span<UInt8>, _ cursor: inout PacketCursor) throws(DNSParseError) {
        offset = cursor.offset
        name = try cursor.name(packet)
        type = RecordType(rawValue: try cursor.number16(packet))
        classNumber = try cursor.number16(packet)
        ttl = try cursor.number32(packet)
        let length = Int(try cursor.number16(packet))
        data = try cursor.part(length, shortage: type == .opt ? .malformedOption : .malformedData)
    }

    func decoded(_ packet: Span<UInt8>) throws(DNSParseError) -> ResourceRecord {
        let recordClass = RecordClass(rawValue: classNumber)
        let data = try RecordData(type, recordClass, data, packet)
        // RFC 2181 section 8: with the top bit set it is zero.
        return ResourceRecord(name, class: recordClass, ttl: ttl >> 31 == 0 ? ttl : 0, data)
    }
}
