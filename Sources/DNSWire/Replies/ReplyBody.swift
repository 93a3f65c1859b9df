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
        var counts = SectionCounts()
        counts.answers = writer.append(answers, reserve: 0)
        let answersEnd = writer.octets.count - start
        let isCut = counts.answers < answers.count
        if !isCut {
            counts.authorities = writer.append(authorities, reserve: 0)
            if counts.authorities == authorities.count {
                counts.additionals = writer.append(additionals, reserve: 0)
            }
        }
        octets = Array(writer.octets[start...])
        shape = ReplyShape(
            answers: counts.answers,
            authorities: counts.authorities,
            additionals: counts.additionals,
            isCut: isCut,
            rotation: AnswerRotation(answers.prefix(Int(counts.answers)), in: octets, at: start, endingAt: answersEnd)
        )
    }
}

/// What a `ReplyBody` consists of.
package struct ReplyShape: Hashable, Sendable, BitwiseCopyable {
    package let answers: UInt16
    package let authorities: UInt16
    package let additionals: UInt16
    /// Whether answers are missing, since even a packet of 65535 octets does not hold them all.
    package let isCut: Bool
    package let rotation: AnswerRotation

    /// A body without records.
    package static let empty = ReplyShape(
        answers: 0,
        authorities: 0,
        additionals: 0,
        isCut: false,
        rotation: AnswerRotation()
    )
}
