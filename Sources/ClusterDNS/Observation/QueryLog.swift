import DNSWire
import LinuxSystem

/// What one thread writes of the queries that it answers, and of those that nobody answered. It hands the lines over at the
/// end of a round and waits for nobody.
struct QueryLog {
    /// Octets of lines that one thread holds back while it cannot hand them over.
    private static let room = 64 << 10
    /// Complaints at once, and one more after each of these.
    private static let complaintsAtOnce = 10
    private static let timeOfComplaint = Duration.seconds(1)

    var rules: QueryLogRules
    private let queue: QueryLogQueue
    private var lines: [UInt8] = []
    private var count: UInt64 = 0
    private var dropped: UInt64 = 0
    /// When all complaints of before are forgotten.
    private var complaintsEnd = Duration.zero

    init(_ rules: QueryLogRules, _ queue: QueryLogQueue) {
        self.rules = rules
        self.queue = queue
    }

    /// Whether `note` does anything.
    var isOn: Bool { !rules.isEmpty }

    /// Notes a query that was answered.
    ///
    /// - Parameters:
    ///   - packet: begins with the query's header and question.
    ///   - size: of the query, in octets.
    ///   - elapsed: since it came.
    mutating func note(
        _ query: Query,
        _ packet: Span<UInt8>,
        size: Int,
        _ reply: Span<UInt8>,
        _ origin: PacketOrigin,
        elapsed: Duration
    ) {
        guard reply.count >= HeaderReply.length, let name = query.name(in: packet)?.folded else { return }
        let wanted = rules.classes(of: name)
        guard wanted.contains(QueryClasses(of: reply, ResponseCode(of: reply, to: query))) else { return }
        append("\(QueryLogLine(query, name, size: size, reply, origin, elapsed: elapsed))")
    }

    /// Complains that nobody answered a question, unless that was said often enough of late.
    mutating func complain(_ question: ForwardedQuestion, _ answer: ResolvedAnswer, now: Duration) {
        guard answer.code == .serverFailure else { return }
        let start = max(now, complaintsEnd)
        guard start - now <= Self.timeOfComplaint * (Self.complaintsAtOnce - 1) else {
            dropped += 1
            return
        }
        complaintsEnd = start + Self.timeOfComplaint
        let name = question.name.folded
        append("[ERROR] plugin/errors: \(answer.code.rawValue) \(name) \(question.type): \(Self.reason(of: answer))")
    }

    /// Whether `endRound` has something to do.
    var isOwed: Bool { count | dropped != 0 }

    /// Hands over what there is.
    mutating func endRound() {
        guard queue.offer(lines, count: count, dropped: dropped) else { return }
        lines.removeAll(keepingCapacity: isOn)
        (count, dropped) = (0, 0)
    }

    private mutating func append(_ line: String) {
        guard lines.count + line.utf8.count < Self.room else {
            dropped += 1
            return
        }
        lines += line.utf8
        lines.append(UInt8(ascii: "\n"))
        count += 1
    }

    private static func reason(of answer: ResolvedAnswer) -> String {
        switch answer.extendedError {
        case .networkError: "no upstream answered in time"
        case .noReachableAuthority: "no upstream gives an answer"
        case .other: "too many questions are outstanding"
        case let code?: "\(code)"
        case nil: "failed a moment ago"
        }
    }
}
