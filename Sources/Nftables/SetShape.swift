internal import NetworkTypes

/// What the kernel keeps of a set beside its elements. Two sets of the same shape can stand for each other.
package struct SetShape: Hashable, Sendable {
    /// NFT_SET_* bits.
    package var flags: UInt32
    package var keyType: UInt32
    /// In bytes, the fields of a concatenation padded.
    package var keyLength: UInt32
    /// 0 for a set.
    package var dataType: UInt32
    /// In bytes; 0 for a set and for a verdict map.
    package var dataLength: UInt32
    package var timeoutSeconds: UInt32
    /// 0 for no limit.
    package var size: UInt32
    /// Comment and types, as nft wrote or would write them.
    package var userData: [UInt8]

    /// The comment that is part of the user data.
    package var comment: String? { UserData.text(UserData.CommentType.set, in: userData) }

    package var isInterval: Bool { flags & SetFlag.interval != 0 }

    package var isConcatenated: Bool { flags & SetFlag.concatenation != 0 }
}

/// NFT_SET_*
enum SetFlag {
    static let anonymous: UInt32 = 0x1
    static let interval: UInt32 = 0x4
    static let map: UInt32 = 0x8
    static let timeout: UInt32 = 0x10
    static let dynamic: UInt32 = 0x20
    static let concatenation: UInt32 = 0x80
}

extension SetDefinition {
    /// The data type that says "verdict" (NFT_DATA_VERDICT).
    static let verdictType: UInt32 = 0xffff_ff00

    /// The set as the kernel would report it.
    package var shape: SetShape {
        SetShape(
            flags: flags,
            keyType: Self.type(of: key),
            keyLength: Self.length(of: key),
            dataType: dataType,
            dataLength: dataLength,
            timeoutSeconds: timeoutSeconds ?? 0,
            size: size ?? 0,
            userData: userData
        )
    }

    private var flags: UInt32 {
        var flags: UInt32 = 0
        if isInterval { flags |= SetFlag.interval }
        if value != nil { flags |= SetFlag.map }
        if hasTimeout { flags |= SetFlag.timeout }
        if isDynamic { flags |= SetFlag.dynamic }
        // Only a set of intervals needs to know where the fields are.
        if isInterval, isConcatenated { flags |= SetFlag.concatenation }
        return flags
    }

    private var dataType: UInt32 {
        switch value {
        case nil: 0
        case .verdict: Self.verdictType
        case .fields(let fields): Self.type(of: fields)
        }
    }

    private var dataLength: UInt32 {
        switch value {
        case nil, .verdict: 0
        case .fields(let fields): Self.length(of: fields)
        }
    }

    /// nft packs the types of a concatenation into a number, six bits each.
    private static func type(of fields: [Selector]) -> UInt32 {
        fields.reduce(0) { $0 << 6 | $1.dataType }
    }

    private static func length(of fields: [Selector]) -> UInt32 {
        guard fields.count > 1 else { return UInt32(fields.first?.byteCount ?? 0) }
        return fields.reduce(0) { $0 + UInt32(($1.byteCount + 3) / 4 * 4) }
    }

    /// The entries in the order of nft 1.0.6. Without the types, nft aborts when it lists a concatenation.
    private var userData: [UInt8] {
        var data = UserData()
        data.append(Entry.keyByteOrder, isConcatenated ? 0 : key[0].isHostOrder ? 1 : 2)
        if case .fields(let fields) = value {
            data.append(Entry.dataByteOrder, fields.count > 1 ? 0 : fields.first?.isHostOrder == true ? 1 : 2)
        }
        if isConcatenated { data.append(Entry.keyType, Self.typeof(key)) }
        if case .fields(let fields) = value { data.append(Entry.valueType, Self.typeof(fields)) }
        if let comment { data.append(UserData.CommentType.set, text: comment) }
        return data.bytes
    }

    private static func typeof(_ fields: [Selector]) -> [UInt8] {
        guard fields.count > 1 else { return fields.first?.typeof.bytes ?? [] }
        var members = UserData()
        for (index, field) in fields.enumerated() {
            members.append(UInt8(truncatingIfNeeded: index), field.typeof.bytes)
        }
        var data = UserData()
        data.append(TypeofEntry.expression, TypeofEntry.concatenation)
        data.append(TypeofEntry.body, members.bytes)
        return data.bytes
    }

    /// NFTNL_UDATA_SET_*
    private enum Entry {
        static let keyByteOrder: UInt8 = 0
        static let dataByteOrder: UInt8 = 1
        static let keyType: UInt8 = 3
        static let valueType: UInt8 = 4
    }
}

/// How nft notes which expression a type was taken from.
private enum TypeofEntry {
    static let expression: UInt8 = 0
    static let body: UInt8 = 1

    // nft's numbers of kinds of expressions.
    static let payload: UInt32 = 7
    static let meta: UInt32 = 9
    static let fib: UInt32 = 17
    static let concatenation: UInt32 = 13
    static let numgen: UInt32 = 23
}

extension Selector {
    /// nft's number of the field's data type.
    fileprivate var dataType: UInt32 {
        switch self {
        case .ip4, .originalDestination(.ipv4), .vxlanSource(.ipv4): 7
        case .ip6, .originalDestination(.ipv6), .vxlanSource(.ipv6): 8
        case .port, .originalDestinationPort: 13
        case .l4proto: 12
        case .networkProtocol: 2
        case .mark: 19
        case .inputInterface, .outputInterface: 41
        case .numgen: 4
        case .addressType: 38
        }
    }

    /// Whether the kernel keeps the field in host byte order.
    var isHostOrder: Bool {
        switch self {
        case .ip4, .ip6, .port, .originalDestination, .originalDestinationPort, .vxlanSource: false
        case .l4proto, .networkProtocol, .mark, .inputInterface, .outputInterface, .numgen, .addressType: true
        }
    }

    fileprivate var typeof: UserData {
        var body = UserData()
        let kind: UInt32
        switch self {
        case .ip4(let side):
            kind = TypeofEntry.payload
            body.append(0, 12)
            body.append(1, side == .source ? 11 : 12)
        case .ip6(let side):
            kind = TypeofEntry.payload
            body.append(0, 13)
            body.append(1, side == .source ? 8 : 9)
        case .port(let side):
            kind = TypeofEntry.payload
            body.append(0, 11)
            body.append(1, side == .source ? 1 : 2)
        case .l4proto, .networkProtocol, .mark, .inputInterface, .outputInterface:
            kind = TypeofEntry.meta
            if case .meta(let key, _) = load() { body.append(0, key.rawValue) }
        case .numgen(let generator):
            kind = TypeofEntry.numgen
            body.append(0, generator.kind.rawValue)
            body.append(1, generator.modulus)
            body.append(2, generator.offset)
        case .addressType(let side):
            kind = TypeofEntry.fib
            body.append(0, FIBResult.addressType.rawValue)
            body.append(1, (side == .source ? FIBFlags.sourceAddress : .destinationAddress).rawValue)
        case .originalDestination(let family):
            return Selector.ip(.destination, family).typeof
        case .originalDestinationPort:
            return Selector.port(.destination).typeof
        case .vxlanSource(let family):
            // As of an address outside a tunnel: what nft writes for a place in a packet lists as a bare number.
            return Selector.ip(.source, family).typeof
        }
        var data = UserData()
        data.append(TypeofEntry.expression, kind)
        data.append(TypeofEntry.body, body.bytes)
        return data
    }
}
