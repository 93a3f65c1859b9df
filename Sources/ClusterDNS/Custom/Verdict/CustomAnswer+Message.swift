import DNSWire

extension CustomAnswer {
    /// The reply to a query.
    ///
    /// - Parameter rotation: any number, another one each time: which of several addresses comes first.
    func message(to query: Query, in packet: Span<UInt8>, rotation: UInt32) -> Message? {
        guard let name = query.name(in: packet) else { return nil }
        let options = extendedError.map { [$0] } ?? []
        return Message(
            id: query.id,
            flags: query.flags.intersection([.recursionDesired, .checkingDisabled])
                .union([.response, .authoritative, .recursionAvailable]),
            code: code,
            questions: [Question(name, query.type, class: query.recordClass)],
            answers: rotated(by: rotation),
            authorities: authorities,
            additionals: additionals,
            edns: query.edns.map {
                EDNS(payloadSize: Responder.payloadSize, dnssecOK: $0.dnssecOK, options: options)
            }
        )
    }

    /// For a client that waits for it.
    func resolved(to name: DNSName) -> ResolvedAnswer {
        let body = ReplyBody(to: name, answers: answers, authorities: authorities, additionals: additionals)
        let reason = extendedError?.extendedError.map { ExtendedReason($0.code, $0.text) }
        return ResolvedAnswer(code, body, reason: reason)
    }

    private func rotated(by rotation: UInt32) -> [ResourceRecord] {
        let areAddresses = answers.allSatisfy { $0.type == .a || $0.type == .aaaa }
        guard answers.count > 1, areAddresses else { return answers }
        let turn = Int(rotation % UInt32(answers.count))
        return Array(answers[turn...] + answers[..<turn])
    }
}
