import DNSWire
import NetworkTypes

@testable import ClusterDNS

extension Forwarder {
    /// Asks as a worker does, for what is remembered: a query in a packet, the answer written behind it.
    mutating func answer(
        _ question: ForwardedQuestion,
        flags: HeaderFlags = .recursionDesired,
        limit: Int = 1232,
        now: Duration
    ) -> (reply: ForwardedReply, message: Message)? {
        var flags = flags
        if question.checkingDisabled { flags.insert(.checkingDisabled) }
        var packet = Message(
            id: 7,
            flags: flags,
            questions: [Question(question.name, question.type, class: question.recordClass)],
            edns: EDNS(payloadSize: 1232, dnssecOK: question.dnssecOK)
        ).encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else { return nil }
        packet = Array(packet[..<query.questionEnd])
        let name = question.name.folded.wire
        var found: ForwardedReply?
        var octets = [UInt8](capacity: limit) { message in
            for octet in packet { message.append(octet) }
            found = answer(
                query,
                name.span,
                nameHash: cache.hasher.hash(folded: name.span),
                rotation: 0,
                limit: limit - 17,
                now: now,
                into: &message
            )
        }
        guard let found else { return nil }
        let end = octets.count
        octets += Array(repeating: 0xee, count: limit - end)
        var span = octets.mutableSpan
        let length = found.reply(to: query, limit: limit).finish(query, at: end, found.counts, in: &span)
        guard let message = try? Message(decoding: Array(octets[..<length])) else { return nil }
        return (found, message)
    }
}

extension ForwarderBench {
    /// What is remembered of a name.
    func remembered(
        _ name: String,
        _ type: RecordType = .a,
        flags: HeaderFlags = .recursionDesired,
        limit: Int = 1232
    ) -> Message? {
        forwarder.answer(ForwardedQuestion(named(name), type), flags: flags, limit: limit, now: now)?.message
    }

    /// Whether who asks for what is remembered is told to have it refreshed; nil if nothing is.
    func wantsRefresh(_ question: ForwardedQuestion) -> Bool? {
        forwarder.answer(question, now: now)?.reply.wantsRefresh
    }
}
