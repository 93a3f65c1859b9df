import DNSWire

/// How questions of ours are known that come back to us.
///
/// A probe asks an upstream for a name that nobody else knows. If it arrives here, whichever worker gets it answers it
/// with a record that only we give; the prober knows its upstream by that. Two labels: single ones are often not
/// forwarded, and reserved names never are.
struct LoopMark: Sendable {
    /// The last label of the names.
    private let zone: DNSName

    /// - Parameter secret: the same for all workers, and known to nobody else.
    init(secret: UInt64) {
        zone = (try? DNSName.root.prepending(Self.label(secret))) ?? .root
    }

    /// A question for a probe.
    func question(using generator: inout some RandomNumberGenerator) -> ForwardedQuestion {
        let name = try? zone.prepending(Self.label(generator.next()))
        return ForwardedQuestion(name ?? zone, .txt)
    }

    /// The answer to a probe of ours, or nil if the question is none.
    func answer(_ question: ForwardedQuestion) -> ResolvedAnswer? {
        guard question.name.isEqualOrBelow(zone) else { return nil }
        let record = ResourceRecord(question.name, ttl: 0, .txt(Self.text))
        return ResolvedAnswer(.noError, ReplyBody(to: question.name, answers: [record]))
    }

    /// Whether the answer to a probe is ours.
    func isOwn(_ answer: UpstreamAnswer) -> Bool {
        answer.answers.contains { $0.data == .txt(Self.text) }
    }

    private static let text = "linnet"

    /// A letter, since labels of digits alone are taken for parts of addresses, and sixteen digits.
    private static func label(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return "l" + String(repeating: "0", count: 16 - digits.count) + digits
    }
}
