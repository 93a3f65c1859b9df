/// Where names stand in the data of types that have no case of their own.
///
/// Old servers compress them, so that the octets mean nothing outside of their packet: they are written out before a
/// record goes into another one (RFC 3597 section 4).
enum NameFields {
    private enum Field {
        case octets(Int)
        case string
        case name
    }

    /// What precedes and contains the names. All that follows is copied.
    private static let fields: [UInt16: [Field]] = [
        // MD, MF, MB, MG, MR, MINFO (RFC 1035)
        3: [.name], 4: [.name], 7: [.name], 8: [.name], 9: [.name], 14: [.name, .name],
        // RP, AFSDB, RT (RFC 1183), SIG (RFC 2535), PX (RFC 2163), NXT (RFC 2535)
        17: [.name, .name], 18: [.octets(2), .name], 21: [.octets(2), .name], 24: [.octets(18), .name],
        26: [.octets(2), .name, .name], 30: [.name],
        // NAPTR (RFC 3403), KX (RFC 2230), DNAME (RFC 6672)
        35: [.octets(4), .string, .string, .string, .name], 36: [.octets(2), .name], 39: [.name],
    ]

    /// The octets that are left to the cursor, their names without pointers.
    static func expanded(
        _ type: RecordType,
        _ cursor: inout PacketCursor,
        _ packet: Span<UInt8>
    ) throws(DNSParseError) -> [UInt8] {
        var octets: [UInt8] = []
        for field in cursor.isAtEnd ? [] : fields[type.rawValue] ?? [] {
            switch field {
            case .octets(let count): octets += try cursor.octets(count, packet)
            case .string:
                let string = try cursor.string(packet)
                octets += [UInt8(string.count)] + string
            case .name: octets += try cursor.name(packet).wire
            }
        }
        return octets + (try cursor.rest(packet))
    }
}
