import DNSWire
import LinuxSystem
import Testing

@testable import ClusterDNS

/// What one forwarder learned is known to another one.
@Suite struct LearningTests {
    private func learner(_ manner: FakeServer.Manner, _ name: String) -> ForwarderBench {
        let bench = ForwarderBench(manner)
        bench.ask(name)
        bench.run(for: .seconds(5))
        return bench
    }

    @Test(arguments: [
        // What the server does, the name, the code that both remember; nil for nothing.
        (FakeServer.Manner.honest, "a.test", ResponseCode.noError as ResponseCode?),
        (.honest, "b.test", .noError),
        (.honest, "absent.test", .nameError),
        (.honest, "zero.test", nil),
        (.cuttingWithoutTCP, "a.test", nil),
        (.honest, "localhost", nil),
    ])
    func `answers are handed on that are remembered`(manner: FakeServer.Manner, name: String, code: ResponseCode?) {
        let first = learner(manner, name)
        let second = ForwarderBench(.dead)
        second.take(first.learned)
        #expect(second.remembered(name)?.code == code)
        #expect(second.remembered(name)?.answers == (code == nil ? nil : first.given[0].message.answers))
        second.ask(name, client: 1)
        #expect(second.log.isEmpty == (code != nil || name == "localhost"))
    }

    @Test func `failures are handed on`() {
        let bogus = EDNSOption.extendedError(.dnssecBogus, "why")
        for (manner, reason) in [
            (FakeServer.Manner.failing(.refused), ExtendedErrorCode.cachedError),
            (.explaining(.serverFailure, bogus), .dnssecBogus),
        ] {
            let second = ForwarderBench(.honest)
            second.take(learner(manner, "a.test").learned)
            #expect(second.remembered("a.test")?.code == .serverFailure)
            #expect(second.remembered("a.test")?.edns?.options == [.extendedError(reason)])
            second.run(for: .seconds(2))
            second.ask("a.test")
            #expect(second.log == ["2000 53"])
        }
    }

    @Test func `what waited to be taken is as old as it is`() {
        let first = learner(.honest, "a.test")
        let second = ForwarderBench(.honest)
        second.run(for: .seconds(100))
        second.take(first.learned, age: .seconds(20))
        #expect(second.remembered("a.test")?.answers.map(\.ttl) == [40])
        second.run(for: .seconds(39))
        #expect(second.remembered("a.test")?.answers.map(\.ttl) == [1])
        second.run(for: .seconds(2))
        second.ask("a.test")
        #expect(second.log == ["141000 53"])
    }

    @Test func `what is known is not replaced by what is older`() {
        let first = learner(.honest, "a.test")
        let failing = learner(.failing(.refused), "a.test")
        let second = ForwarderBench(.honest)
        second.run(for: .seconds(10))
        second.ask("a.test")
        second.run(for: .milliseconds(3020))
        second.take(first.learned + failing.learned, age: .seconds(5))
        #expect(second.remembered("a.test")?.answers.map(\.ttl) == [57])
        second.take(first.learned)
        #expect(second.remembered("a.test")?.answers.map(\.ttl) == [60])
    }

    @Test func `who waits for what another one learned gets it at once`() {
        let first = learner(.honest, "a.test")
        let second = ForwarderBench(.dead)
        second.ask("a.test", client: 5)
        second.run(for: .milliseconds(100))
        second.take(first.learned)
        #expect(second.given.map(\.client) == [5])
        #expect(second.given.map(\.time) == [.milliseconds(100)])
        #expect(second.forwarder.outstanding == 0)
        // Only the probe for loops is still out.
        second.run(for: .seconds(5))
        #expect(second.running.isEmpty)
    }

    @Test func `what is learned from others is not handed on again`() {
        let second = ForwarderBench(.honest)
        second.take(learner(.honest, "a.test").learned)
        #expect(second.learned.isEmpty)
    }

    @Test func `what is asked for again before its time is over is handed on, too`() {
        let bench = learner(.honest, "a.test")
        bench.run(for: .seconds(50))
        let question = ForwardedQuestion(named("a.test"), .a)
        bench.refresh(question)
        bench.run(for: .seconds(1))
        #expect(bench.learned.map(\.question) == [question, question])
    }

    @Test func `a mailbox takes only so many answers, and whatever else there is`() throws {
        let answer = try #require(learner(.honest, "a.test").learned.first)
        let mailbox = WorkerMailbox(WorkerLetter())
        for _ in 0..<1000 { mailbox.hand(HandedAnswer(answer: answer, time: .now)) }
        mailbox.put { $0.upstreams = Upstreams(servers: [], policy: .rotating) }
        let letter = try #require(mailbox.take())
        #expect(letter.learned.count == WorkerLetter.mostAnswers)
        #expect(letter.upstreams?.policy == .rotating)
        #expect(mailbox.take().map { _ in true } == nil)
    }
}
