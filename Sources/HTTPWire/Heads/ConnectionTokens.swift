/// The tokens of the Connection fields: options, and names of fields that go no further.
struct ConnectionTokens: Sendable {
    /// The most tokens that are neither options nor known names: each is compared with each unknown field.
    private static let mostUnknown = 32

    private(set) var options: ConnectionOptions = []
    /// A bit for each known name that is among them.
    private var names: UInt128 = 0
    private var unknown = 0

    /// Adds those of one field. nil if there are too many.
    mutating func add(_ octets: Span<UInt8>, _ value: Range<Int>, _ table: FieldNameTable) -> HeadFault? {
        var list = ListReader(value)
        while let token = list.next(octets) {
            let name = table.name(octets, token.lowerBound, token.upperBound)
            switch name {
            case .keepAlive: options.insert(.keepAlive)
            case .upgrade: options.insert(.upgrade)
            case .other where Self.isClose(octets, token): options.insert(.close)
            case .other:
                unknown += 1
                guard unknown <= Self.mostUnknown else { return .tooManyConnectionOptions }
            default: names |= 1 << UInt128(name.rawValue)
            }
        }
        return nil
    }

    /// Whether one of the tokens of `fields` is the name of `field`. Fields without which another reader would take the
    /// message for another one are never named.
    func nominate(_ field: Field, _ fields: FieldList, in octets: Span<UInt8>) -> Bool {
        if field.name != .other { return names >> UInt128(field.name.rawValue) & 1 != 0 && !field.name.isProtected }
        guard unknown > 0, !Self.isForwarded(octets, field.nameRange) else { return false }
        for index in 0..<fields.count where fields[index].name == .connection {
            var list = ListReader(fields[index].valueRange)
            while let token = list.next(octets) {
                if Self.areEqual(octets, token, field.nameRange) { return true }
            }
        }
        return false
    }

    private static func isClose(_ octets: Span<UInt8>, _ token: Range<Int>) -> Bool {
        // "close", the first letter lowest.
        token.count == 5
            && OctetWord.folded(OctetWord.load(octets, at: token.lowerBound, count: 5)) == 0x65_736f_6c63
    }

    /// Whether it begins with `x-forwarded-`, of which not all are known.
    private static func isForwarded(_ octets: Span<UInt8>, _ name: Range<Int>) -> Bool {
        guard name.count >= 12 else { return false }
        let first = OctetWord.folded(OctetWord.load(octets, at: name.lowerBound))
        let second = OctetWord.folded(OctetWord.load(octets, at: name.lowerBound &+ 8, count: 4))
        // "x-forwar" and "ded-", the first letter lowest.
        return first == 0x7261_7772_6f66_2d78 && second == 0x2d64_6564
    }

    private static func areEqual(_ octets: Span<UInt8>, _ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        for index in 0..<left.count
        where Octet.folded(octets[left.lowerBound &+ index]) != Octet.folded(octets[right.lowerBound &+ index]) {
            return false
        }
        return true
    }
}

extension FieldName {
    /// Whether a Connection token that names it is not heard: the peer would be told another story.
    fileprivate var isProtected: Bool {
        switch self {
        case .host, .contentLength, .authorization, .cookie, .setCookie, .forwarded, .xRealIP, .xForwardedFor,
            .xForwardedHost, .xForwardedPort, .xForwardedPrefix, .xForwardedProto, .xForwardedServer,
            .xForwardedTLSClientCert, .xForwardedTLSClientCertInfo, .xForwardedUser:
            true
        default: false
        }
    }
}
