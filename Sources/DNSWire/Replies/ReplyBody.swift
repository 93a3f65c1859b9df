/// The records of a reply, encoded once, to stand behind any question for one name.
///
/// Owners point to the question, so that they show the case in which it was asked.
package struct ReplyBody: Hashable, Sendable {
    package let octets: [UInt8]
    package let shape: ReplyShape

    /// - Parameter name: what is asked for. Its length decides where the names in the records point to.
    package init(
        to name: DNSName,
        answers: [ResourceRecord] = [],
        authorities: [ResourceRecord] = [],
        additionals: [ResourceRecord] = []
    ) {
        var writer = MessageWriter(limit: Int(UInt16.max))
        _ = writer.append(Question(name, .any))
        let start = writer.octets.count
        var counts = ReplyCounts()
        counts.answers = writer.append(answers, reserve: 0)
        let answersEnd = writer.octets.count - start
        counts.isCut = counts.answers < answers.count
        if !counts.isCut {
            counts.authorities = writer.append(authorities, reserve: 0)
            if counts.authorities == authorities.count {
                counts.additionals = writer.append(additionals, reserve: 0)
            }
        }
        octets = Array(writer.octets[start...])
        let rotation = AnswerRotation(
            answers.prefix(Int(counts.answers)),
            in: octets,
            at: start,
            endingAt: answersEnd
        )
        shape = ReplyShape(counts: counts, rotation: rotation)
    }
}

/// What a `ReplyBody` consists of.
package struct ReplyShape: Hashable, Sendable, BitwiseCopyable {
    package let counts: ReplyCounts
    package let rotation: AnswerRotation

    package init(counts: ReplyCounts, rotation: AnswerRotation) {
        self.counts = counts
        self.rotation = rotation
    }

    /// A body without records.
    package static let empty = ReplyShape(counts: ReplyCounts(), rotation: AnswerRotation())
}

/// How many records a reply has, without its OPT record.
package struct ReplyCounts: Hashable, Sendable, BitwiseCopyable {
    package var answers: UInt16
    package var authorities: UInt16
    package var additionals: UInt16
    /// Whether there are more answers than these: TC says so.
    package var isCut: Bool

    package init(answers: UInt16 = 0, authorities: UInt16 = 0, additionals: UInt16 = 0, isCut: Bool = false) {
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
        self.isCut = isCut
    }
}
