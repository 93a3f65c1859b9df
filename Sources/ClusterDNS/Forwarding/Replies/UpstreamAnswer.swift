import DNSWire

/// What of an upstream's reply belongs to the question, and how long it holds.
///
/// Kept are the records of the question's chain of CNAMEs, the SOA record that says for how long there is nothing, and
/// with DO what proves either. All else could say something about names that nobody asked for (RFC 5452 section 6). A chain
/// that leads to a name of ours ends with that, whatever the reply says of it.
struct UpstreamAnswer: Sendable {
    /// The reply is of no use.
    struct Unusable: Error {
        let fault: UpstreamFault
    }

    let code: ResponseCode
    let isAuthentic: Bool
    private(set) var answers: [ResourceRecord] = []
    private(set) var authorities: [ResourceRecord] = []
    /// For how many seconds it may be kept; zero if not at all.
    let lifetime: UInt32
    /// Whether the answers end with an alias to a name of ours.
    let leadsHome: Bool

    /// - Parameter home: the zones that are ours.
    init(_ message: Message, to question: ForwardedQuestion, home: OwnZones? = nil) throws(Unusable) {
        var chain = AliasChain(question, home: home)
        guard chain.walk(message.answers) else { throw Unusable(fault: .endlessChain) }
        leadsHome = chain.leadsHome
        guard !leadsHome else {
            code = .noError
            isAuthentic = false
            answers = chain.kept.map { $0.limited(to: CacheTimes.longestAnswer) }
            lifetime = answers.map(\.ttl).min() ?? 0
            return
        }
        code = message.code
        isAuthentic = message.flags.contains(.authenticData)
        let hasData = chain.hasData && code == .noError
        let proof = message.authorities.filter { Self.isProof($0, of: chain.name, question, hasData: hasData) }
        let authority = proof.lazy.compactMap(\.absenceLimit).first
        if !hasData, authority == nil, chain.kept.isEmpty, code == .noError, Self.isReferral(message) {
            throw Unusable(fault: .notRecursive)
        }
        let limit = hasData ? CacheTimes.longestAnswer : CacheTimes.longestAbsence
        // The TTL of the SOA record says how long the absence holds (RFC 2308 section 3).
        let most = min(limit, authority ?? limit)
        answers = chain.kept.map { $0.limited(to: limit) }
        authorities = proof.map { $0.limited(to: $0.type == .soa ? most : limit) }
        let shortest = (answers + authorities).map(\.ttl).min() ?? 0
        lifetime = hasData || authority != nil ? min(most, shortest) : 0
    }

    private static func isReferral(_ message: Message) -> Bool {
        !message.flags.contains(.recursionAvailable) && !message.flags.contains(.authoritative)
    }

    private static func isProof(
        _ record: ResourceRecord,
        of name: DNSName,
        _ question: ForwardedQuestion,
        hasData: Bool
    ) -> Bool {
        guard record.recordClass == question.recordClass else { return false }
        switch record.type {
        case .soa: return !hasData && name.isEqualOrBelow(record.name)
        case .nsec, .nsec3, .rrsig: return question.dnssecOK
        default: return false
        }
    }
}

extension ResourceRecord {
    /// For how many seconds an SOA record lets the absence of a name or type hold; nil for other records.
    fileprivate var absenceLimit: UInt32? {
        guard case .soa(let authority) = data else { return nil }
        return min(ttl, authority.minimum)
    }

    fileprivate func limited(to most: UInt32) -> ResourceRecord {
        var record = self
        record.ttl = min(ttl, most)
        return record
    }
}
