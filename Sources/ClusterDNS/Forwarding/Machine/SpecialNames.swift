import DNSWire
import NetworkTypes

/// Names that are never asked of others, whatever they know of them.
enum SpecialNames {
    /// RFC 6761 section 6.3.
    private static let localhost = name(["localhost"])
    /// RFC 6761 section 6.4, RFC 7686.
    private static let absent = [name(["invalid"]), name(["onion"])]
    /// Designated resolvers are asked for below it (RFC 9462 section 6.4): there are none.
    private static let resolver = name(["resolver", "arpa"])
    /// 127.in-addr.arpa (RFC 6303 section 4.2).
    private static let loopback = name(["127", "in-addr", "arpa"])
    private static let loopbackAddresses: [IPAddress] = [
        .v4(IPv4Address(127, 0, 0, 1)), .v6(IPv6Address(rawValue: 1)),
    ]
    private static let reverseNames = loopbackAddresses.map { DNSName(reverseOf: $0) }
    /// In seconds: none of it ever changes.
    private static let ttl: UInt32 = 3600

    /// The answer, or nil if others are to be asked.
    static func answer(_ question: ForwardedQuestion) -> ResolvedAnswer? {
        let name = question.name
        if name.isEqualOrBelow(localhost) { return address(question) }
        if let zone = absent.first(where: { name.isEqualOrBelow($0) }) { return absence(.nameError, zone, question) }
        if name.isEqualOrBelow(resolver) { return absence(.noError, resolver, question) }
        if reverseNames.contains(name) { return pointer(question) }
        if name.isEqualOrBelow(loopback) {
            return absence(name == loopback ? .noError : .nameError, loopback, question)
        }
        return nil
    }

    private static func address(_ question: ForwardedQuestion) -> ResolvedAnswer {
        let data = loopbackAddresses.map { RecordData($0) }.first { $0.type == question.type }
        guard let data else { return absence(.noError, localhost, question) }
        return answer(question, data)
    }

    private static func pointer(_ question: ForwardedQuestion) -> ResolvedAnswer {
        question.type == .ptr ? answer(question, .ptr(localhost)) : absence(.noError, question.name, question)
    }

    private static func answer(_ question: ForwardedQuestion, _ data: RecordData) -> ResolvedAnswer {
        let record = ResourceRecord(question.name, ttl: ttl, data)
        return ResolvedAnswer(.noError, ReplyBody(to: question.name, answers: [record]))
    }

    /// With an SOA record of the zone, so that it is remembered (RFC 2308 section 5).
    private static func absence(
        _ code: ResponseCode,
        _ zone: DNSName,
        _ question: ForwardedQuestion
    ) -> ResolvedAnswer {
        let authority = StartOfAuthority(
            primary: localhost,
            mailbox: name(["nobody", "invalid"]),
            serial: 1,
            refresh: 3600,
            retry: 1200,
            expire: 604_800,
            minimum: ttl
        )
        let record = ResourceRecord(zone, ttl: ttl, .soa(authority))
        return ResolvedAnswer(code, ReplyBody(to: question.name, authorities: [record]))
    }

    private static func name(_ labels: [String]) -> DNSName {
        (try? DNSName(labels: labels.map(\.utf8))) ?? .root
    }
}
