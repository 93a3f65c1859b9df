extension Message {
    /// The packet, of at most `limit` octets: at least 12, at most 65535.
    ///
    /// What does not fit is left out record by record, from the end: additional records, then authorities, then answers.
    /// TC is set, beside what the flags say, if answers are missing, and only then (RFC 2181 section 9).
    package func encoded(limit: Int = Int(UInt16.max)) -> [UInt8] {
        let limit = min(max(limit, MessageHeader.length), Int(UInt16.max))
        var writer = MessageWriter(limit: limit)
        var counts = SectionCounts()
        var isWhole = true
        for question in questions where isWhole {
            isWhole = writer.append(question)
            if isWhole { counts.questions += 1 }
        }
        let reserve = edns.map { writer.reserve(for: $0) } ?? 0
        if isWhole {
            counts.answers = writer.append(answers, reserve: reserve)
            isWhole = counts.answers == answers.count
        }
        let hasAllAnswers = isWhole
        if isWhole {
            counts.authorities = writer.append(authorities, reserve: reserve)
            isWhole = counts.authorities == authorities.count
        }
        if isWhole { counts.additionals = writer.append(additionals, reserve: reserve) }
        let hasExtension = edns.map { writer.append($0, code: code) } ?? false
        if hasExtension { counts.additionals += 1 }
        writer.set(
            MessageHeader(
                id: id,
                opcode: opcode,
                flags: hasAllAnswers ? flags : flags.union(.truncated),
                code: code.extensionBits == 0 || hasExtension ? code : .serverFailure,
                counts: counts
            )
        )
        return writer.octets
    }
}
