import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

/// One server, 192.0.2.53, 20 ms away; what it knows has a TTL of 60 s, what it does not know too.
@Suite struct RememberingTests {
    @Test func `an answer is given again with what is left of its time`() throws {
        let bench = ForwarderBench(.honest)
        bench.ask("b.test")
        bench.run(for: .milliseconds(20))
        for (wait, ttl) in [(0, 60), (999, 60), (1, 59), (58_000, 1), (999, 1)] as [(Int, UInt32)] {
            bench.run(for: .milliseconds(wait))
            let message = try #require(bench.remembered("B.Test"))
            #expect(message.answers == [.alias("b.test", "a.test", ttl: ttl), .address("a.test", 1, ttl: ttl)])
            #expect(message.flags.description == "qr rd ra")
            // The owner points to the question.
            #expect(message.answers[0].name.wire == named("B.Test").wire)
        }
        bench.run(for: .milliseconds(1))
        #expect(bench.remembered("b.test") == nil)
    }

    @Test(arguments: [("none.test", RecordType.a, ResponseCode.nameError), ("a.test", .mx, .noError)])
    func `absence is remembered as long as its SOA record says`(name: String, type: RecordType, code: ResponseCode)
        throws
    {
        let bench = ForwarderBench(.honest)
        bench.ask(name, type)
        bench.run(for: .milliseconds(20) + .seconds(59))
        let message = try #require(bench.remembered(name, type))
        #expect(message.code == code)
        // The TTL is the lesser of TTL and minimum, less what has gone by.
        #expect(message.authorities.map(\.ttl) == [1])
        bench.run(for: .seconds(1))
        #expect(bench.remembered(name, type) == nil)
        #expect(bench.forwarder.statistics.absenceHits == 1)
    }

    @Test func `records have each their own time, the shortest of which ends it`() throws {
        var server = ForwarderBench.server(.honest)
        server.records[named("b.test")] = [.alias("b.test", "a.test", ttl: 300)]
        let bench = ForwarderBench([server])
        bench.ask("b.test")
        bench.run(for: .milliseconds(20) + .seconds(10))
        #expect(bench.remembered("b.test")?.answers.map(\.ttl) == [290, 50])
        bench.run(for: .seconds(50))
        #expect(bench.remembered("b.test") == nil)
    }

    @Test func `nothing is remembered for no time`() {
        let bench = ForwarderBench(.honest)
        bench.ask("zero.test", client: 1)
        bench.ask("zero.test", client: 2)
        bench.run(for: .milliseconds(20))
        #expect(bench.given.count == 2)
        #expect(bench.remembered("zero.test") == nil)
    }

    @Test func `DO and CD have answers of their own`() {
        let bench = ForwarderBench(.honest)
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        for (dnssecOK, checkingDisabled) in [(true, false), (false, true), (true, true)] {
            let question = ForwardedQuestion(
                named("a.test"),
                .a,
                dnssecOK: dnssecOK,
                checkingDisabled: checkingDisabled
            )
            #expect(bench.wantsRefresh(question) == nil)
        }
        #expect(bench.remembered("a.test") != nil)
    }

    @Test func `who wants no recursion gets what is remembered, or a refusal`() throws {
        let bench = ForwarderBench(.honest)
        let refusal = try #require(bench.remembered("a.test", flags: []))
        #expect(refusal.code == .refused)
        #expect(refusal.edns?.options == [.extendedError(.notAuthoritative)])
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        #expect(bench.remembered("a.test", flags: [])?.answers.count == 1)
        #expect(bench.remembered("localhost", flags: []) == nil)
    }

    @Test func `what does not fit is cut, and TC set only for answers`() throws {
        var server = FakeServer()
        server.records[named("big.test")] = (0..<100).map { .address("big.test", $0) }
        let bench = ForwarderBench([server])
        bench.ask("big.test")
        bench.ask("none.test")
        bench.run(for: .seconds(1))
        let cut = try #require(bench.remembered("big.test", limit: 512))
        #expect(cut.flags.contains(.truncated))
        #expect(cut.answers.count == (512 - 26 - 17) / 16)
        let whole = try #require(bench.remembered("big.test", limit: 65535))
        #expect(whole.answers.count == 100)
        #expect(!whole.flags.contains(.truncated))
        let bare = try #require(bench.remembered("none.test", limit: 60))
        #expect(bare.authorities == [] && !bare.flags.contains(.truncated))
    }

    /// Seconds after which the same question is asked upstream again: the failure is remembered that long.
    @Test func `failures are remembered ever longer, and forgotten with an answer`() {
        let bench = ForwarderBench(.failing(.serverFailure))
        for seconds in [1, 2, 4, 8, 16, 30, 30] {
            let before = bench.log.count
            bench.ask("a.test")
            bench.run(for: .milliseconds(20))
            #expect(bench.log.count == before + 1)
            bench.run(for: .seconds(seconds) - .milliseconds(1))
            #expect(bench.remembered("a.test")?.code == .serverFailure)
            #expect(bench.remembered("a.test")?.edns?.options == [.extendedError(.cachedError)])
            bench.run(for: .milliseconds(1))
            #expect(bench.remembered("a.test") == nil)
        }
        bench.servers[ForwarderBench.upstream(0)]?.manner = .honest
        bench.ask("a.test")
        bench.run(for: .milliseconds(20))
        #expect(bench.remembered("a.test")?.code == .noError)
    }

    @Test func `failures are forgotten when there are others to ask`() {
        let bench = ForwarderBench(.failing(.serverFailure), .honest)
        bench.replace(by: [ForwarderBench.upstream(0)])
        bench.ask("a.test")
        bench.run(for: .milliseconds(20))
        #expect(bench.remembered("a.test") != nil)
        bench.replace(by: [ForwarderBench.upstream(1)])
        #expect(bench.remembered("a.test") == nil)
    }

    @Test func `a popular name is asked for again before its time is over, by one client`() {
        let bench = ForwarderBench(.honest)
        bench.ask("a.test")
        bench.run(for: .milliseconds(20) + .seconds(50))
        let question = ForwardedQuestion(named("a.test"), .a)
        for _ in 0..<5 {
            #expect(bench.wantsRefresh(question) == false)
        }
        bench.run(for: .seconds(4))
        let wants = (0..<3).map { _ in bench.wantsRefresh(question) }
        #expect(wants == [true, false, false])
        bench.refresh(question)
        bench.refresh(question)
        bench.run(for: .milliseconds(20))
        #expect(bench.given.count == 1)
        #expect(bench.log.count == 2)
        #expect(bench.remembered("a.test")?.answers.map(\.ttl) == [60])
        #expect(bench.forwarder.statistics.prefetches == 1)
    }

    @Test func `a failed prefetch is not repeated, and what is there given on`() {
        let bench = ForwarderBench(.honest)
        bench.ask("a.test")
        bench.run(for: .milliseconds(20) + .seconds(55))
        bench.servers[ForwarderBench.upstream(0)]?.manner = .failing(.serverFailure)
        let question = ForwardedQuestion(named("a.test"), .a)
        #expect((0..<3).map { _ in bench.wantsRefresh(question) } == [false, false, true])
        bench.refresh(question)
        bench.run(for: .seconds(4))
        #expect((0..<3).map { _ in bench.wantsRefresh(question) } == [false, false, false])
        bench.run(for: .seconds(2))
        #expect(bench.remembered("a.test")?.edns?.options == [.extendedError(.staleAnswer)])
    }

    /// AD and DO of the query → whether AD is passed on.
    @Test(arguments: [(false, false, false), (true, false, true), (false, true, true)])
    func `AD is for those who want to know`(authenticData: Bool, dnssecOK: Bool, isGiven: Bool) throws {
        let flags: HeaderFlags = authenticData ? [.recursionDesired, .authenticData] : .recursionDesired
        let bench = ForwarderBench([FakeServer(manner: .validating, records: ForwarderBench.server(.honest).records)])
        let question = ForwardedQuestion(named("a.test"), .a, dnssecOK: dnssecOK)
        bench.resolve(question)
        bench.run(for: .milliseconds(20))
        let found = bench.forwarder.answer(question, flags: flags, now: bench.now)
        #expect(try #require(found).message.flags.contains(.authenticData) == isGiven)
        bench.servers[ForwarderBench.upstream(0)]?.manner = .unreachable
        bench.run(for: .seconds(100))
        bench.resolve(question)
        bench.run(for: .seconds(1))
        let old = bench.forwarder.answer(question, flags: flags, now: bench.now)
        #expect(try #require(old).message.flags.contains(.authenticData) == false)
    }

    @Test func `a name that is asked once is not asked for again`() {
        let bench = ForwarderBench(.honest)
        bench.ask("a.test")
        bench.run(for: .seconds(59))
        let question = ForwardedQuestion(named("a.test"), .a)
        #expect(bench.wantsRefresh(question) == false)
    }
}

@Suite struct StaleAnswerTests {
    /// A server that answered a minute ago, and now behaves in this manner.
    static func bench(_ manner: FakeServer.Manner, after wait: Duration = .seconds(100)) -> ForwarderBench {
        let bench = ForwarderBench(.honest)
        bench.ask("a.test", client: 100)
        bench.ask("none.test", client: 101)
        bench.run(for: wait)
        bench.servers[ForwarderBench.upstream(0)]?.manner = manner
        return bench
    }

    /// How the server behaves → after how many milliseconds there is an answer, and whether it is old.
    @Test(arguments: [
        (FakeServer.Manner.honest, 20, false), (.dead, 1800, true), (.unreachable, 20, true),
        (.failing(.serverFailure), 20, true), (.cuttingWithoutTCP, 40, false),
    ])
    func `an old answer is given when there is no new one`(manner: FakeServer.Manner, time: Int64, isOld: Bool) throws {
        let bench = Self.bench(manner)
        let start = bench.now
        bench.ask("a.test", client: 1)
        bench.run(for: .seconds(10))
        let given = try #require(bench.given.last { $0.client == 1 })
        #expect((given.time - start).milliseconds == time)
        #expect(given.message.answers == [.address("a.test", 1, ttl: isOld ? 30 : 60)])
        #expect(given.answer.extendedError == (isOld ? .staleAnswer : nil))
        #expect(bench.given.count == 3)
    }

    @Test func `an old absence says so`() throws {
        let bench = Self.bench(.failing(.serverFailure))
        bench.ask("none.test", client: 1)
        bench.run(for: .seconds(10))
        let given = try #require(bench.given.last)
        #expect(given.message.code == .nameError)
        #expect(given.answer.extendedError == .staleNameError)
        #expect(given.message.authorities.map(\.ttl) == [30])
    }

    @Test func `nobody is asked again for half a minute while there is an old answer`() throws {
        let bench = Self.bench(.unreachable)
        bench.ask("a.test")
        bench.run(for: .milliseconds(20) + .milliseconds(29_999))
        let count = bench.log.count
        let old = try #require(bench.remembered("a.test"))
        #expect(old.edns?.options == [.extendedError(.staleAnswer)])
        #expect(old.answers.map(\.ttl) == [30])
        bench.run(for: .milliseconds(1))
        #expect(bench.remembered("a.test") == nil)
        #expect(bench.log.count == count)
        #expect(bench.forwarder.statistics.stale == 2)
    }

    @Test func `who comes while others got an old answer gets it at once`() {
        let bench = Self.bench(.dead)
        bench.ask("a.test", client: 1)
        bench.run(for: .milliseconds(2500))
        bench.ask("a.test", client: 2)
        #expect(bench.given.map(\.client) == [100, 101, 1, 2])
    }

    @Test func `an answer that comes late replaces the old one`() {
        let bench = Self.bench(.honest)
        bench.servers[ForwarderBench.upstream(0)]?.roundTrip = .milliseconds(1900)
        bench.ask("a.test", client: 1)
        bench.run(for: .milliseconds(1900))
        #expect(bench.given.last?.answer.extendedError == .staleAnswer)
        #expect(bench.remembered("a.test")?.answers.map(\.ttl) == [60])
    }

    @Test func `after a day an old answer is none`() {
        let bench = Self.bench(.unreachable, after: .milliseconds(20) + .seconds(60 + 86_400))
        bench.ask("a.test", client: 1)
        bench.run(for: .seconds(1))
        #expect(bench.given.last?.message.code == .serverFailure)
    }
}
