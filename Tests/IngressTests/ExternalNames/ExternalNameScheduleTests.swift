import ClusterFixtures
import NetworkTypes
import Testing

@testable import Ingress

/// When names are asked for, and what is believed of the answers.
struct ExternalNameScheduleTests {
    private static let address = IPAddress.v4(IPv4Address(198, 51, 100, 1))
    private static let other = IPAddress.v4(IPv4Address(198, 51, 100, 2))

    /// An answer to a question that is asked as soon as it is due.
    struct Step: Sendable {
        let answer: ExternalNameAnswer
        /// What is known then.
        let finding: ExternalNameFinding
        /// After how many seconds it is asked again.
        let pause: Int
        var news: [ExternalNameSchedule.News] = []
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
    }

    @Test(arguments: rows)
    func `answers one after the other`(row: Row) throws {
        let name = try #require(ExternalName("outside.example"))
        var schedule = ExternalNameSchedule()
        schedule.want([name])
        #expect(!schedule.isAnswered)
        var now = Duration.seconds(100)
        for (number, step) in row.steps.enumerated() {
            #expect(schedule.begin(now: now) == [name], "step \(number)")
            #expect(schedule.begin(now: now).isEmpty)
            #expect(schedule.nextDue == nil)
            let news = schedule.end(name, step.answer, now: now)
            #expect(schedule.findings == [name: step.finding], "step \(number)")
            #expect(news == step.news, "step \(number)")
            #expect(schedule.nextDue == now + .seconds(step.pause), "step \(number)")
            #expect(schedule.begin(now: now + .seconds(step.pause) - .milliseconds(1)).isEmpty)
            now += .seconds(step.pause)
        }
        #expect(schedule.isAnswered)
    }

    static let rows: [Row] = [
        Row(
            testDescription: "addresses, for as long as they say within the limits",
            steps: [
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60,
                    news: [.changed(.addresses([address]))]
                ),
                Step(answer: .addresses([address], lifetime: .zero), finding: .addresses([address]), pause: 5),
                Step(
                    answer: .addresses([address], lifetime: .seconds(301)),
                    finding: .addresses([address]),
                    pause: 300
                ),
            ]
        ),
        Row(
            testDescription: "the same addresses in another order, and others",
            steps: [
                Step(
                    answer: .addresses([other, address], lifetime: .seconds(9)),
                    finding: .addresses([address, other]),
                    pause: 9,
                    news: [.changed(.addresses([address, other]))]
                ),
                Step(
                    answer: .addresses([address, other], lifetime: .seconds(9)),
                    finding: .addresses([address, other]),
                    pause: 9
                ),
                Step(
                    answer: .addresses([other], lifetime: .seconds(9)),
                    finding: .addresses([other]),
                    pause: 9,
                    news: [.changed(.addresses([other]))]
                ),
            ]
        ),
        Row(
            testDescription: "nobody answers at first",
            steps: [
                Step(answer: .failed(reason: "a"), finding: .failed("a"), pause: 5, news: [.changed(.failed("a"))]),
                Step(answer: .failed(reason: "b"), finding: .failed("a"), pause: 10),
                Step(answer: .failed(reason: "b"), finding: .failed("a"), pause: 20),
                Step(answer: .failed(reason: "b"), finding: .failed("a"), pause: 30),
                Step(answer: .failed(reason: "b"), finding: .failed("a"), pause: 30),
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60,
                    news: [.changed(.addresses([address]))]
                ),
            ]
        ),
        Row(
            testDescription: "nobody answers for a while: the last addresses stay",
            steps: [
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60,
                    news: [.changed(.addresses([address]))]
                ),
                Step(answer: .failed(reason: "a"), finding: .addresses([address]), pause: 5, news: [.failing("a")]),
                Step(answer: .failed(reason: "b"), finding: .addresses([address]), pause: 10),
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60,
                    news: [.answering]
                ),
                Step(answer: .failed(reason: "a"), finding: .addresses([address]), pause: 5, news: [.failing("a")]),
            ]
        ),
        Row(
            testDescription: "no such name, where nothing was known",
            steps: [
                Step(
                    answer: .nothing(reason: "none", lifetime: .seconds(30)),
                    finding: .nothing("none"),
                    pause: 30,
                    news: [.changed(.nothing("none"))]
                ),
                Step(answer: .nothing(reason: "none", lifetime: .seconds(900)), finding: .nothing("none"), pause: 300),
                Step(answer: .failed(reason: "a"), finding: .nothing("none"), pause: 5),
            ]
        ),
        Row(
            testDescription: "no such name, where addresses were known: believed when it is said twice",
            steps: [
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60,
                    news: [.changed(.addresses([address]))]
                ),
                Step(
                    answer: .nothing(reason: "none", lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 5
                ),
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60
                ),
                Step(
                    answer: .nothing(reason: "none", lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 5
                ),
                Step(
                    answer: .nothing(reason: "none", lifetime: .seconds(60)),
                    finding: .nothing("none"),
                    pause: 60,
                    news: [.changed(.nothing("none"))]
                ),
            ]
        ),
        Row(
            testDescription: "a failure between two that say so",
            steps: [
                Step(
                    answer: .addresses([address], lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 60,
                    news: [.changed(.addresses([address]))]
                ),
                Step(
                    answer: .nothing(reason: "none", lifetime: .seconds(60)),
                    finding: .addresses([address]),
                    pause: 5
                ),
                Step(answer: .failed(reason: "a"), finding: .addresses([address]), pause: 5, news: [.failing("a")]),
                Step(
                    answer: .addresses([], lifetime: .seconds(60)),
                    finding: .nothing("it has no addresses"),
                    pause: 60,
                    news: [.changed(.nothing("it has no addresses")), .answering]
                ),
            ]
        ),
    ]

    /// What an earlier run knew, and what is said of it now.
    @Test(
        arguments: [
            (.addresses([address], lifetime: .seconds(60)), .addresses([address]), [.confirmed]),
            (.addresses([other], lifetime: .seconds(60)), .addresses([other]), [.changed(.addresses([other]))]),
            (.failed(reason: "a"), .remembered([address]), [.failing("a")]),
            (.nothing(reason: "none", lifetime: .seconds(60)), .remembered([address]), []),
        ] as [(ExternalNameAnswer, ExternalNameFinding, [ExternalNameSchedule.News])]
    )
    func `what an earlier run knew counts until there is an answer`(
        answer: ExternalNameAnswer,
        finding: ExternalNameFinding,
        news: [ExternalNameSchedule.News]
    ) {
        let names = names(3)
        var schedule = ExternalNameSchedule([names[0]: [Self.address], names[1]: [Self.other]])
        #expect(schedule.findings == [names[0]: .remembered([Self.address]), names[1]: .remembered([Self.other])])
        schedule.want([names[0], names[2]])
        #expect(schedule.findings == [names[0]: .remembered([Self.address])])
        #expect(!schedule.isAnswered)
        schedule.want([names[0]])
        #expect(schedule.isAnswered)
        #expect(schedule.begin(now: .zero) == [names[0]])
        #expect(schedule.end(names[0], answer, now: .seconds(1)) == news)
        #expect(schedule.findings == [names[0]: finding])
    }

    @Test func `nobody waits for what came to nothing in an earlier run`() {
        let names = names(3)
        var schedule = ExternalNameSchedule([names[0]: [], names[1]: [Self.address]])
        schedule.want([names[0]])
        #expect(schedule.isAnswered && schedule.findings.isEmpty && schedule.memories == [names[0]: []])
        schedule.want(Set(names))
        #expect(!schedule.isAnswered && schedule.memories == [names[0]: []])
        #expect(schedule.begin(now: .zero) == names)
        _ = schedule.end(names[0], .addresses([Self.address], lifetime: .seconds(60)), now: .zero)
        _ = schedule.end(names[1], .nothing(reason: "none", lifetime: .seconds(60)), now: .zero)
        #expect(schedule.memories == [names[0]: [Self.address], names[1]: []])
        _ = schedule.end(names[2], .failed(reason: "a"), now: .zero)
        #expect(schedule.isAnswered)
        #expect(schedule.memories == [names[0]: [Self.address], names[1]: [], names[2]: []])
    }

    @Test func `that there is none of what an earlier run knew is believed when it is said twice`() {
        let name = names(1)[0]
        var schedule = ExternalNameSchedule([name: [Self.address]])
        schedule.want([name])
        for wanted in [ExternalNameFinding.remembered([Self.address]), .nothing("none")] {
            _ = schedule.begin(now: schedule.nextDue ?? .zero)
            _ = schedule.end(name, .nothing(reason: "none", lifetime: .seconds(60)), now: .zero)
            #expect(schedule.findings == [name: wanted])
        }
    }

    private func names(_ count: Int) -> [ExternalName] {
        (0..<count).compactMap { ExternalName("n\(100 + $0).example") }
    }

    @Test func `so many are asked for at a time, those first that are due for longest`() {
        var schedule = ExternalNameSchedule()
        let names = names(20)
        schedule.want(Set(names.dropFirst(2)))
        let first = schedule.begin(now: .zero)
        #expect(first == Array(names[2..<18]))
        #expect(schedule.nextDue == nil)
        schedule.want(Set(names))
        for name in first.prefix(3) { _ = schedule.end(name, .failed(reason: ""), now: .seconds(1)) }
        #expect(schedule.nextDue == .zero)
        #expect(schedule.begin(now: .seconds(100)) == [names[0], names[1], names[18]])
        _ = schedule.end(names[0], .failed(reason: ""), now: .seconds(100))
        #expect(schedule.begin(now: .seconds(100)) == [names[19]])
    }

    @Test func `a name that is wanted no more is forgotten, also while it is asked for`() {
        var schedule = ExternalNameSchedule()
        let names = names(2)
        schedule.want(Set(names))
        _ = schedule.begin(now: .zero)
        let answer = ExternalNameAnswer.addresses([Self.address], lifetime: .seconds(60))
        _ = schedule.end(names[0], answer, now: .zero)
        schedule.want([])
        #expect(schedule.findings.isEmpty && schedule.nextDue == nil && schedule.isAnswered)
        let news = schedule.end(names[1], answer, now: .zero)
        #expect(news.isEmpty && schedule.findings.isEmpty && schedule.nextDue == nil)
    }

    @Test func `a name that is wanted again while it is asked for takes that answer`() {
        var schedule = ExternalNameSchedule()
        let name = names(1)[0]
        schedule.want([name])
        _ = schedule.begin(now: .zero)
        schedule.want([])
        schedule.want([name])
        #expect(schedule.begin(now: .zero).isEmpty)
        _ = schedule.end(name, .addresses([Self.address], lifetime: .seconds(60)), now: .seconds(1))
        #expect(schedule.findings == [name: .addresses([Self.address])])
        #expect(schedule.nextDue == .seconds(61))
    }
}
