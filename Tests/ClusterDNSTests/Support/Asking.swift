import ClusterState
import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// What was answered, as a client reads it. Names end in `Z` instead of `cluster.local.`.
struct ZoneReply {
    let message: Message
    let outcome: ZoneAnswer.Outcome
    let octets: [UInt8]

    var code: ResponseCode { message.code }
    /// Type and data of each answer.
    var answers: [String] { message.answers.map { abridged("\($0.type) \($0.data)") } }
    /// Owner, type and data of each answer.
    var chain: [String] { message.answers.map { abridged("\($0.name) \($0.type) \($0.data)") } }
    /// Owner, type and data of each additional record.
    var additionals: [String] { message.additionals.map { abridged("\($0.name) \($0.type) \($0.data)") } }
    /// The owner of the SOA record, if there is just that in the authority section.
    var apex: String? {
        guard message.authorities.count == 1, message.authorities[0].type == .soa else { return nil }
        return abridged(message.authorities[0].name.description)
    }

    private func abridged(_ text: String) -> String {
        text.replacing("cluster.local.", with: "Z")
    }
}

/// A name, in Z unless it ends with a dot.
func name(_ text: String) -> DNSName {
    do {
        let absolute = text.hasSuffix(".") ? text : text.isEmpty ? "cluster.local." : "\(text).cluster.local."
        return try DNSName(parsing: absolute)
    } catch {
        preconditionFailure("\(error)")
    }
}

extension ZoneTable {
    /// Asks as a worker does: a question in a packet, the answer written behind it.
    func ask(_ text: String, _ type: RecordType, limit: Int = 65_535, rotation: UInt32 = 0) throws -> ZoneReply {
        let question = name(text)
        let query = Message(id: 7, flags: .recursionDesired, questions: [Question(question, type)]).encoded()
        var answer: ZoneAnswer?
        var octets = [UInt8](capacity: limit) { message in
            for octet in query { message.append(octet) }
            let name = question.folded.wire
            let hash = hasher.hash(folded: name.span)
            answer = self.answer(name.span, hash: hash, type, rotation: rotation, into: &message)
        }
        let given = try #require(answer)
        octets[2] |= given.counts.isCut ? 0x82 : 0x80
        octets[3] |= UInt8(given.code.rawValue)
        let counts = given.counts
        for (place, count) in [(6, counts.answers), (8, counts.authorities), (10, counts.additionals)] {
            octets[place] = UInt8(count >> 8)
            octets[place + 1] = UInt8(truncatingIfNeeded: count)
        }
        return ZoneReply(message: try Message(decoding: octets), outcome: given.outcome, octets: octets)
    }
}

/// A row of a table: a question and what is to be answered. Without answers that is an SOA record.
struct Asked: CustomTestStringConvertible, Sendable {
    let name: String
    let type: RecordType
    var code = ResponseCode.noError
    var answers: [String] = []
    var additionals: [String] = []
    var apex = "Z"
    var outcome = ZoneAnswer.Outcome.complete

    init(
        _ name: String,
        _ type: RecordType,
        _ answers: [String],
        additionals: [String] = []
    ) {
        self.name = name
        self.type = type
        self.answers = answers
        self.additionals = additionals
    }

    static func noData(_ name: String, _ types: RecordType..., apex: String = "Z") -> [Asked] {
        types.map { Asked(name, $0, code: .noError, apex: apex) }
    }

    static func noName(_ name: String, _ types: RecordType..., apex: String = "Z") -> [Asked] {
        types.map { Asked(name, $0, code: .nameError, apex: apex) }
    }

    /// Not the cluster's: others are to be asked.
    static func foreign(_ name: String, _ type: RecordType) -> Asked {
        var asked = Asked(name, type, [])
        asked.outcome = .foreign
        return asked
    }

    private init(_ name: String, _ type: RecordType, code: ResponseCode, apex: String) {
        self.init(name, type, [])
        self.code = code
        self.apex = apex
    }

    var testDescription: String { "\(name) \(type)" }

    /// Answers and additional records are sets.
    func check(against table: ZoneTable, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let reply = try table.ask(name, type)
        #expect(reply.code == code, sourceLocation: sourceLocation)
        #expect(reply.outcome == outcome, sourceLocation: sourceLocation)
        #expect(reply.answers.sorted() == answers.sorted(), sourceLocation: sourceLocation)
        #expect(reply.additionals.sorted() == additionals.sorted(), sourceLocation: sourceLocation)
        let isNegative = answers.isEmpty && outcome == .complete && code != .serverFailure
        #expect(reply.apex == (isNegative ? apex : nil), sourceLocation: sourceLocation)
        #expect(reply.message.questions.first?.name == ClusterDNSTests.name(name), sourceLocation: sourceLocation)
        for record in reply.message.answers where outcome == .complete {
            #expect(record.name == ClusterDNSTests.name(name), sourceLocation: sourceLocation)
        }
    }
}
