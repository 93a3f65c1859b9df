import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

@Suite struct UpstreamChoiceTests {
    /// Asks `count` names, one each `interval`, and returns how many packets each server got.
    private func ask(_ bench: ForwarderBench, _ count: Int, every interval: Duration) -> [UInt8: Int] {
        let before = bench.sent.count
        for index in 0..<count {
            bench.ask("n\(bench.now.milliseconds)-\(index).test")
            bench.run(for: interval)
        }
        let questions = bench.sent[before...].filter { $0.message.questions[0].type == .a }
        return questions.reduce(into: [:]) { $0[$1.upstream.address.bytes[3], default: 0] += 1 }
    }

    private func bench(_ roundTrips: Int...) -> ForwarderBench {
        ForwarderBench(roundTrips.map { ForwarderBench.server(.honest, .milliseconds($0)) })
    }

    @Test func `the fastest is asked, the others now and then`() {
        let bench = bench(40, 10, 80)
        let counts = ask(bench, 1000, every: .milliseconds(100))
        #expect(counts[54, default: 0] > 900)
        #expect((3...40).contains(counts[53, default: 0]))
        #expect((3...30).contains(counts[55, default: 0]))
    }

    @Test func `one that has become slow is left, and found again when it is fast again`() {
        let bench = bench(10, 40)
        _ = ask(bench, 100, every: .milliseconds(100))
        bench.servers[ForwarderBench.upstream(0)]?.roundTrip = .milliseconds(200)
        _ = ask(bench, 20, every: .milliseconds(100))
        #expect(ask(bench, 100, every: .milliseconds(100))[54, default: 0] > 90)
        bench.servers[ForwarderBench.upstream(0)]?.roundTrip = .milliseconds(5)
        _ = ask(bench, 600, every: .milliseconds(100))
        #expect(ask(bench, 100, every: .milliseconds(100))[53, default: 0] > 90)
    }

    @Test func `a dead one costs few questions, each a quarter of a second`() {
        let bench = bench(10, 20)
        _ = ask(bench, 100, every: .milliseconds(100))
        bench.servers[ForwarderBench.upstream(0)]?.manner = .dead
        let before = bench.given.count
        let start = bench.now
        _ = ask(bench, 1000, every: .milliseconds(100))
        #expect(bench.given.count == before + 1000)
        #expect(bench.given.allSatisfy { $0.message.code == .nameError })
        let late = bench.sent.count { $0.time >= start && $0.upstream == ForwarderBench.upstream(0) }
        #expect((2...20).contains(late))
        #expect(bench.forwarder.status(now: bench.now)[1].condition == .good)
    }

    @Test func `one that only fails is left to the last`() {
        let bench = ForwarderBench([
            ForwarderBench.server(.failing(.refused), .milliseconds(1)), ForwarderBench.server(.honest),
        ])
        let counts = ask(bench, 200, every: .milliseconds(100))
        #expect(counts[53, default: 0] < 20)
        let status = bench.forwarder.status(now: bench.now)
        #expect(status[1].condition == .good)
        #expect(status[0].statistics.replies[.refused]?.count == UInt64(counts[53, default: 0]))
    }

    @Test func `all fail, and are found again at once`() {
        let bench = bench(10, 20)
        for index in 0...1 { bench.servers[ForwarderBench.upstream(index)]?.manner = .unreachable }
        _ = ask(bench, 50, every: .milliseconds(500))
        let conditions = bench.forwarder.status(now: bench.now).map(\.condition)
        #expect(conditions == Array(repeating: .failing(.unreachable("Connection refused")), count: 2))
        for index in 0...1 { bench.servers[ForwarderBench.upstream(index)]?.manner = .honest }
        bench.ask("a.test", client: 7)
        bench.run(for: .milliseconds(20))
        #expect(bench.given.last?.client == 7)
        #expect(bench.given.last?.message.code == .noError)
    }

    @Test func `rotation asks in turn, and leaves out who fails`() {
        let bench = bench(10, 20, 30)
        bench.replace(by: (0...2).map(ForwarderBench.upstream), policy: .rotating)
        let counts = ask(bench, 300, every: .milliseconds(100))
        #expect((53...55).allSatisfy { (100...101).contains(counts[$0, default: 0]) })
        // Also many at the same moment.
        let atOnce = ask(bench, 300, every: .zero)
        #expect((53...55).allSatisfy { (99...101).contains(atOnce[$0, default: 0]) }, "\(atOnce)")
        bench.run(for: .seconds(1))
        bench.servers[ForwarderBench.upstream(1)]?.manner = .unreachable
        _ = ask(bench, 20, every: .milliseconds(100))
        let others = ask(bench, 300, every: .milliseconds(100))
        #expect(others[54] == nil)
    }

    @Test func `in sequence the first is asked as long as it works`() {
        let bench = bench(30, 10, 20)
        bench.replace(by: (0...2).map(ForwarderBench.upstream), policy: .sequential)
        #expect(ask(bench, 100, every: .milliseconds(100))[53] == 100)
        bench.servers[ForwarderBench.upstream(0)]?.manner = .unreachable
        _ = ask(bench, 20, every: .milliseconds(100))
        #expect(ask(bench, 100, every: .milliseconds(100))[54] == 100)
    }

    @Test func `what does not understand EDNS is asked without for a while`() {
        let bench = ForwarderBench(.old(.formatError))
        _ = ask(bench, 3, every: .milliseconds(100))
        #expect(bench.log == ["0 53", "20 53 plain", "100 53 plain", "200 53 plain"])
        #expect(bench.forwarder.status(now: bench.now).map(\.lacksExtensions) == [true])
        bench.run(for: .seconds(600))
        bench.ask("later.test")
        #expect(bench.sent.last?.message.edns != nil)
    }

    @Test func `what finds fault with the question is asked with EDNS the next time`() {
        let bench = ForwarderBench(.failing(.formatError))
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        bench.ask("b.test")
        bench.run(for: .seconds(1))
        #expect(bench.log == ["0 53", "20 53 plain", "1000 53", "1020 53 plain"])
        #expect(bench.forwarder.status(now: bench.now).map(\.lacksExtensions) == [false])
    }

    @Test func `durations are counted in the buckets of CoreDNS`() {
        var histogram = DurationHistogram()
        let durations: [Duration] = [
            .microseconds(1), .microseconds(250), .microseconds(251), .milliseconds(8192), .seconds(9),
        ]
        for duration in durations { histogram.note(duration) }
        #expect(DurationHistogram.bounds.first == 0.000_25)
        #expect(DurationHistogram.bounds.last == 8.192)
        #expect(histogram.counts == [2, 1] + Array(repeating: 0, count: 13) + [1, 1])
        #expect(histogram.count == 5)
        #expect(histogram.sum == durations.reduce(.zero, +))
    }

    @Test func `upstreams change while questions are outstanding`() throws {
        let bench = ForwarderBench(.dead, .honest)
        bench.replace(by: [ForwarderBench.upstream(0)])
        bench.ask("a.test")
        bench.run(for: .milliseconds(100))
        bench.replace(by: [ForwarderBench.upstream(1)])
        #expect(bench.log == ["0 53", "100 54"])
        bench.run(for: .milliseconds(20))
        #expect(bench.given.first?.message.code == .noError)
        #expect(bench.forwarder.status(now: bench.now).map(\.upstream) == [ForwarderBench.upstream(1)])
        bench.ask("c.test")
        bench.replace(by: [])
        #expect(bench.given.last?.message.code == .serverFailure)
        #expect(bench.running.isEmpty)
    }

    @Test func `what is known of those that stay is kept`() {
        let bench = bench(10, 20)
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        bench.replace(by: [ForwarderBench.upstream(1), ForwarderBench.upstream(0)])
        #expect(bench.forwarder.status(now: bench.now).map(\.roundTrip) == [nil, .milliseconds(10)])
    }
}

@Suite struct LoopTests {
    @Test func `an upstream that asks us is found, left out, and said`() {
        let bench = ForwarderBench(.looping, .honest)
        bench.run(for: .seconds(1))
        #expect(bench.forwarder.status(now: bench.now).map(\.condition) == [.looping, .untried])
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        #expect(bench.log == ["1000 54"])
        #expect(bench.given.map(\.message.code) == [.noError])
        #expect(bench.forwarder.statistics.loops == 1)
    }

    @Test func `alone it brings a failure, not a storm`() {
        let bench = ForwarderBench(.looping)
        bench.ask("a.test")
        bench.run(for: .seconds(30))
        #expect(bench.given.map(\.message.code) == [.serverFailure])
        #expect(bench.sent.count <= 4)
    }

    @Test func `it is asked again when it asks us no more`() {
        let bench = ForwarderBench(.looping)
        bench.run(for: .seconds(1))
        bench.servers[ForwarderBench.upstream(0)]?.manner = .honest
        bench.run(for: .seconds(60))
        bench.ask("a.test")
        bench.run(for: .seconds(1))
        #expect(bench.given.map(\.message.code) == [.noError])
    }

    @Test func `a loop that begins later shows by a failure`() {
        let bench = ForwarderBench(.honest)
        bench.run(for: .seconds(100))
        bench.servers[ForwarderBench.upstream(0)]?.manner = .looping
        bench.ask("a.test")
        bench.run(for: .seconds(5))
        #expect(bench.forwarder.status(now: bench.now).map(\.condition) == [.looping])
    }

    @Test func `honest upstreams are probed once`() {
        let bench = ForwarderBench(.honest, .dead, .unreachable)
        bench.run(for: .seconds(3600))
        #expect(bench.sent.count == 3)
        #expect(bench.running.isEmpty)
        #expect(bench.forwarder.deadline == nil)
    }

    @Test func `a probe of another worker is answered, one of another process forwarded`() throws {
        var generator = SeededNumbers(seed: 9)
        let hasher = NameHasher(using: &generator)
        var workers = (0..<2).map { _ in
            Forwarder<Int>(ForwarderConfiguration(), hasher: hasher, loopSecret: 5)
        }
        var stranger = Forwarder<Int>(ForwarderConfiguration(), hasher: hasher, loopSecret: 6)
        _ = workers[0].replaceUpstreams(by: [ForwarderBench.upstream(0)], now: .zero, using: &generator)
        let probe = try #require(workers[0].expire(now: .zero, using: &generator).starts.first)
        let question = try #require(Message(decoding: probe.packet).questions.first)
        let asked = ForwardedQuestion(question.name, question.type)
        let replies = workers[1].resolve(asked, for: 1, now: .zero, using: &generator).replies
        #expect(replies.first?.answer.code == .noError)
        let others = stranger.resolve(asked, for: 1, now: .zero, using: &generator).replies
        #expect(others.first?.answer.code == .serverFailure)
    }

    /// Each view is of a later question than the one before.
    @Test(
        arguments: [
            ([.good], nil), ([.untried, .untried], nil), ([.failing(.silent), .good], nil),
            ([.good, .failing(.silent)], "name server 192.0.2.53: it does not answer"),
            ([.failing(.silent), .untried], "name server 192.0.2.53: it does not answer"),
            ([.looping, .good], "name server 192.0.2.53 is not asked, since it asks us: name another one"),
        ] as [([UpstreamStatus.Condition], String?)]
    )
    func `what workers make of an upstream is told of the node`(
        conditions: [UpstreamStatus.Condition],
        complaint: String?
    ) {
        let views = conditions.enumerated().map { index, condition in
            var state = UpstreamState(number: 1, ForwarderBench.upstream(0))
            if condition != .untried { state.noteStart(at: .seconds(index), turn: 1) }
            switch condition {
            case .untried: break
            case .good: state.noteReply(.noError, after: .milliseconds(1), isMeasure: true)
            case .failing(let fault): for _ in 0..<UpstreamTimes.failuresToFail { state.noteFailure(fault) }
            case .looping: state.loop = .found
            }
            return UpstreamStatus(state, now: .seconds(60))
        }
        #expect(views.map(\.condition) == conditions)
        let troubles = UpstreamTroubles()
        troubles.take(views)
        #expect(troubles.complaints == [complaint].compactMap(\.self))
    }

    @Test func `of an upstream over TLS counts what became of the last connection`() throws {
        let secure = try Upstream(parsing: "tls://192.0.2.1#dns.test")
        let views = [secure, ForwarderBench.upstream(0)].map { upstream in
            UpstreamStatus(UpstreamState(number: 1, upstream), now: .zero)
        }
        let troubles = UpstreamTroubles()
        troubles.note("it expired", with: secure)
        #expect(troubles.complaints == ["name server tls://192.0.2.1#dns.test: it expired"])
        troubles.take(views)
        #expect(troubles.complaints.count == 1)
        troubles.note(nil, with: secure)
        #expect(troubles.complaints == [])
        troubles.note("it expired", with: secure)
        troubles.take(Array(views.dropFirst()))
        #expect(troubles.complaints == [], "nobody asks it any more")
    }
}
