import DNSWire
import LinuxSystem

/// Answers queries, one after the other, from a zone table. Each worker has one of its own.
struct Responder {
    /// What came of a packet.
    enum Outcome: Equatable {
        /// It is answered, or gets no reply. Nil if no question could be read.
        case done(Query?)
        /// Its name is not one of the cluster's: other servers have to be asked. Header and question are written.
        case foreign(Query)
        /// The answer ends with a CNAME that leads to a name outside, records of which belong behind it. Header, question
        /// and these records are written.
        case leadsOut(Query, ReplyCounts)
    }

    /// The largest UDP payload that we send and take, in octets: one that crosses any network in one piece.
    static let payloadSize: UInt16 = 1232

    var table: ZoneTable
    /// Which of several addresses comes first: moved on with each query, from a random start.
    private var rotation: UInt32
    /// The name of the last question in lower case, for who answers it if the zone does not, and its hash.
    private(set) var folded = InlineArray<255, UInt8>(repeating: 0)
    private(set) var nameHash: UInt64 = 0

    init(_ table: ZoneTable, rotation: UInt32) {
        self.table = table
        self.rotation = rotation
    }

    /// Answers a packet.
    ///
    /// - Parameters:
    ///   - isAllowed: whether its sender may ask.
    ///   - message: empty; the reply is appended.
    mutating func answer(
        _ packet: Span<UInt8>,
        over transport: PacketTransport,
        isAllowed: Bool,
        into message: inout OutputSpan<UInt8>
    ) -> Outcome {
        switch ReceivedPacket(packet) {
        case .ignored: return .done(nil)
        case .rejected(let header):
            message.append(repeating: 0, count: HeaderReply.length)
            var span = message.mutableSpan
            _ = header.write(ServerFlags.own, into: &span)
            return .done(nil)
        case .refused(let query, let code):
            let reply = Reply(code, flags: ServerFlags.own, limit: Self.limit(query, transport))
            Self.begin(query, packet, in: &message)
            Self.finish(reply, query, in: &message)
            return .done(query)
        case .query(let query):
            Self.begin(query, packet, in: &message)
            if let reason = Self.refusal(of: query, isAllowed: isAllowed) {
                Self.fail(query, .refused, reason, over: transport, in: &message)
                return .done(query)
            }
            return answer(query, packet, over: transport, into: &message)
        }
    }

    private static func fold(
        _ query: Query,
        _ packet: Span<UInt8>,
        by hasher: NameHasher,
        into folded: inout InlineArray<255, UInt8>
    ) -> UInt64 {
        var name = folded.mutableSpan
        return hasher.fold(query, in: packet, into: &name)
    }

    private static func refusal(of query: Query, isAllowed: Bool) -> ExtendedErrorCode? {
        guard isAllowed else { return .prohibited }
        // Zone transfers, and classes that nobody but us has data in.
        let isServed = query.recordClass == .in && query.type != .axfr && query.type != .ixfr
        return isServed ? nil : .notSupported
    }

    private mutating func answer(
        _ query: Query,
        _ packet: Span<UInt8>,
        over transport: PacketTransport,
        into message: inout OutputSpan<UInt8>
    ) -> Outcome {
        rotation &+= 1
        nameHash = Self.fold(query, packet, by: table.hasher, into: &folded)
        var reply = Reply(flags: ServerFlags.ownAndAuthoritative, limit: Self.limit(query, transport))
        let answer = table.answer(
            folded.span.extracting(0..<query.nameLength),
            hash: nameHash,
            query.type,
            rotation: rotation,
            into: &message
        )
        switch answer.outcome {
        case .foreign: return .foreign(query)
        case .needsTarget: return .leadsOut(query, answer.counts)
        case .complete:
            reply.code = answer.code
            // The zone fails only before it is known.
            if answer.code == .serverFailure { reply.extendedError = .notReady }
            Self.finish(reply, query, answer.counts, in: &message)
            return .done(query)
        }
    }
}

// MARK: - Writing

extension Responder {
    /// The most octets of a reply.
    static func limit(_ query: Query, _ transport: PacketTransport) -> Int {
        switch transport {
        case .datagram: query.payloadLimit(own: payloadSize)
        case .stream: Int(UInt16.max)
        }
    }

    /// Writes the query's header and question.
    static func begin(_ query: Query, _ packet: Span<UInt8>, in message: inout OutputSpan<UInt8>) {
        for index in 0..<query.questionEnd { message.append(packet[index]) }
    }

    /// Makes a reply without records of a message in which header and question stand.
    static func fail(
        _ query: Query,
        _ code: ResponseCode,
        _ reason: ExtendedErrorCode?,
        over transport: PacketTransport,
        in message: inout OutputSpan<UInt8>
    ) {
        var reply = Reply(code, flags: ServerFlags.own, limit: limit(query, transport))
        reply.extendedError = reason
        finish(reply, query, in: &message)
    }

    /// Makes a reply of a message in which question and records stand.
    static func finish(
        _ reply: Reply,
        _ query: Query,
        _ counts: ReplyCounts = ReplyCounts(),
        in message: inout OutputSpan<UInt8>
    ) {
        let end = message.count
        message.append(repeating: 0, count: min(reply.reserve(for: query), message.freeCapacity))
        var span = message.mutableSpan
        let length = reply.finish(query, at: end, counts, in: &span)
        message.removeLast(message.count - length)
    }
}

/// What the server says of itself in the headers of its replies.
enum ServerFlags {
    /// RA: we ask other servers, so that a stub resolver need not look for one that does.
    static let own = HeaderFlags.recursionAvailable
    static let ownAndAuthoritative: HeaderFlags = [.recursionAvailable, .authoritative]
}
