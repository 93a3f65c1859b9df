import DNSWire
import NetworkTypes

@testable import ClusterDNS

/// A server that others are forwarded to: what it knows, and how it behaves.
struct FakeServer {
    /// What it does with a packet, after its round trip.
    enum Manner {
        case honest
        /// Honest, and sets AD for who asks for it.
        case validating
        case dead
        /// The system says at once that nothing is there.
        case unreachable
        /// UDP replies have no records and TC. Over TCP it is honest.
        case cutting
        /// The same, and TCP is refused.
        case cuttingWithoutTCP
        case failing(ResponseCode)
        /// The same, and says why.
        case explaining(ResponseCode, EDNSOption)
        /// Understands no EDNS and says so, without repeating the question.
        case old(ResponseCode)
        /// Somebody guesses at replies before the server's own comes.
        case forged
        /// Somebody guesses at replies a hundred times.
        case flooded
        /// Writes the question in lower case.
        case folding
        /// Knows other servers, and asks none.
        case referring
        /// Asks us.
        case looping
        /// The records are no records.
        case garbling
        /// Says of an alias only where it leads.
        case leaving
        /// Does not say for how long there is nothing.
        case withoutAuthority
    }

    var manner = Manner.honest
    /// Another one for questions of some types.
    var mannersByType: [RecordType: Manner] = [:]
    var roundTrip = Duration.milliseconds(20)
    /// Owner → records. Other names do not exist.
    var records: [DNSName: [ResourceRecord]] = [:]
    /// Names below it that do not exist have this SOA record.
    var authority = ResourceRecord(
        named("test"),
        ttl: 600,
        .soa(
            StartOfAuthority(
                primary: named("ns.test"),
                mailbox: named("admin.test"),
                serial: 1,
                refresh: 1,
                retry: 1,
                expire: 1,
                minimum: 60
            )
        )
    )

    /// The packets that it sends for one that it gets. Loops are not its own doing.
    func replies(to packet: [UInt8], _ transport: ForwarderAttempt.Transport) throws -> [[UInt8]] {
        let query = try Message(decoding: packet)
        let honest = answer(query)
        switch manner(for: query) {
        case .honest: return [honest.encoded()]
        case .validating:
            var validated = honest
            validated.flags.formUnion(query.flags.intersection(.authenticData))
            return [validated.encoded()]
        case .dead, .unreachable, .looping: return []
        case .cutting, .cuttingWithoutTCP:
            guard transport == .datagram else { return [honest.encoded()] }
            var cut = honest
            cut.answers = Array(honest.answers.prefix(1))
            cut.authorities = []
            cut.flags.insert(.truncated)
            return [cut.encoded()]
        case .failing(let code):
            return [Message(id: query.id, flags: .response, code: code, questions: query.questions).encoded()]
        case .explaining(let code, let reason):
            let edns = EDNS(payloadSize: 4096, options: [EDNSOption(.nsid, [1, 2, 3]), reason])
            let message = Message(id: query.id, flags: .response, code: code, questions: query.questions, edns: edns)
            return [message.encoded()]
        case .old(let code):
            guard query.edns != nil else { return [honest.encoded()] }
            // What is beyond four bits needs an OPT record.
            let edns = code == .badVersion ? EDNS(payloadSize: 512) : nil
            let questions = code == .badVersion ? query.questions : []
            return [Message(id: query.id, flags: .response, code: code, questions: questions, edns: edns).encoded()]
        case .forged: return forgeries(honest).map { $0.encoded() } + [honest.encoded()]
        case .flooded:
            guard transport == .datagram else { return [honest.encoded()] }
            return Array(repeating: forgeries(honest)[0].encoded(), count: 100)
        case .folding:
            var folded = honest
            folded.questions[0].name = query.questions[0].name.folded
            return [folded.encoded()]
        case .referring:
            var referral = honest
            referral.flags = .response
            referral.answers = []
            referral.code = .noError
            referral.authorities = [ResourceRecord(.root, ttl: 5, .ns(named("a.root")))]
            return [referral.encoded()]
        case .leaving:
            var first = honest
            if case .cname = honest.answers.first?.data {
                first.answers = Array(honest.answers.prefix(1))
                first.authorities = []
                first.code = .noError
            }
            return [first.encoded()]
        case .withoutAuthority:
            var bare = honest
            bare.authorities = []
            return [bare.encoded()]
        case .garbling: return [Array(honest.encoded().prefix(packet.count - 11)) + [0xc0, 0xff, 1, 2, 3]]
        }
    }

    func manner(for query: Message) -> Manner { mannersByType[query.questions[0].type] ?? manner }

    private func answer(_ query: Message) -> Message {
        var message = Message(
            id: query.id,
            flags: [.response, .recursionDesired, .recursionAvailable],
            questions: query.questions,
            edns: query.edns.map { _ in EDNS(payloadSize: 4096, options: [EDNSOption(.nsid, [1, 2, 3])]) }
        )
        var name = query.questions[0].name
        while let known = records[name] {
            let wanted = known.filter { $0.type == query.questions[0].type }
            message.answers += wanted
            if !wanted.isEmpty { return message }
            guard let alias = known.first, case .cname(let target) = alias.data else {
                message.authorities = [authority]
                return message
            }
            message.answers.append(alias)
            name = target
        }
        message.code = .nameError
        message.authorities = [authority]
        return message
    }

    /// Another number, another question, a query, another class, no reply to anything.
    private func forgeries(_ honest: Message) -> [Message] {
        var forged = honest
        forged.answers = [ResourceRecord(honest.questions[0].name, ttl: 5, .a(IPv4Address(6, 6, 6, 6)))]
        var otherNumber = forged
        otherNumber.id &+= 1
        var otherName = forged
        otherName.questions[0].name = named("other.test")
        var otherType = forged
        otherType.questions[0].type = honest.questions[0].type == .aaaa ? .a : .aaaa
        var query = forged
        query.flags.remove(.response)
        var twice = forged
        twice.questions += forged.questions
        var bare = forged
        bare.questions = []
        return [otherNumber, otherName, otherType, query, twice, bare]
    }
}

/// A name that is known to be one.
func named(_ text: String) -> DNSName {
    do {
        return try DNSName(parsing: text)
    } catch {
        preconditionFailure("\(error)")
    }
}

extension ResourceRecord {
    /// `a.test 60 A 192.0.2.1`
    static func address(_ name: String, _ last: UInt8, ttl: UInt32 = 60) -> ResourceRecord {
        ResourceRecord(named(name), ttl: ttl, .a(IPv4Address(192, 0, 2, last)))
    }

    static func alias(_ name: String, _ target: String, ttl: UInt32 = 60) -> ResourceRecord {
        ResourceRecord(named(name), ttl: ttl, .cname(named(target)))
    }
}
