import DNSWire
import LinuxSystem
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Servers are 192.0.2.53, .54, …, 20 ms away, and know `a.test` 192.0.2.1 and `b.test` → `a.test`.
@Suite struct ForwarderTests {
    /// A row: how servers behave, and what becomes of a question. Times are in milliseconds.
    struct Row: Sendable, CustomTestStringConvertible {
        let manners: [FakeServer.Manner]
        var name = "a.test"
        /// What was sent: when, to whom, and how.
        let log: [String]
        var code = ResponseCode.noError
        var extendedError: ExtendedErrorCode?
        let time: Int64
        var mixedCase = false
        var testDescription: String { "\(manners) \(name)" }
    }

    static let rows: [Row] = [
        Row(manners: [.honest], log: ["0 53"], time: 20),
        Row(manners: [.honest], name: "b.test", log: ["0 53"], time: 20),
        Row(manners: [.honest], name: "none.test", log: ["0 53"], code: .nameError, time: 20),
        Row(manners: [.honest, .honest], log: ["0 53"], time: 20),
        // Lost, or dead: another one after 250 ms, the only one again after a second.
        Row(manners: [.dead, .honest], log: ["0 53", "250 54"], time: 270),
        Row(manners: [.dead, .dead, .honest], log: ["0 53", "250 54", "500 55"], time: 520),
        Row(
            manners: [.dead],
            log: ["0 53", "1000 53"],
            code: .serverFailure,
            extendedError: .networkError,
            time: 3000
        ),
        Row(
            manners: [.dead, .dead],
            log: ["0 53", "250 54", "1250 53", "2250 54"],
            code: .serverFailure,
            extendedError: .networkError,
            time: 4000
        ),
        // What says no is not waited for.
        Row(manners: [.unreachable, .honest], log: ["0 53", "20 54"], time: 40),
        Row(manners: [.failing(.serverFailure), .honest], log: ["0 53", "20 54"], time: 40),
        Row(manners: [.failing(.refused), .honest], log: ["0 53", "20 54"], time: 40),
        Row(manners: [.referring, .honest], log: ["0 53", "20 54"], time: 40),
        Row(manners: [.garbling, .honest], log: ["0 53", "20 54"], time: 40),
        Row(
            manners: [.failing(.serverFailure), .failing(.refused)],
            log: ["0 53", "20 54"],
            code: .serverFailure,
            extendedError: .noReachableAuthority,
            time: 40
        ),
        Row(
            manners: [.unreachable],
            log: ["0 53"],
            code: .serverFailure,
            extendedError: .noReachableAuthority,
            time: 20
        ),
        Row(manners: [], log: [], code: .serverFailure, extendedError: .noReachableAuthority, time: 0),
        // More than UDP has room for.
        Row(manners: [.cutting], log: ["0 53", "20 53 tcp"], time: 40),
        Row(manners: [.cuttingWithoutTCP, .honest], log: ["0 53", "20 53 tcp", "40 54"], time: 60),
        // Without EDNS.
        Row(manners: [.old(.formatError)], log: ["0 53", "20 53 plain"], time: 40),
        Row(manners: [.old(.notImplemented)], log: ["0 53", "20 53 plain"], time: 40),
        Row(manners: [.old(.badVersion)], log: ["0 53", "20 53 plain"], time: 40),
        // FORMERR for the question's sake.
        Row(
            manners: [.failing(.formatError)],
            log: ["0 53", "20 53 plain"],
            code: .serverFailure,
            extendedError: .noReachableAuthority,
            time: 40
        ),
        // Who guesses is not believed, and soon has no chance to.
        Row(manners: [.flooded], log: ["0 53", "20 53 tcp"], time: 40),
        Row(manners: [.forged], log: ["0 53"], time: 20),
        Row(manners: [.folding], log: ["0 53"], time: 20),
        Row(manners: [.folding], log: ["0 53", "20 53 tcp"], time: 40, mixedCase: true),
        Row(manners: [.forged], log: ["0 53"], time: 20, mixedCase: true),
    ]

    @Test(arguments: rows)
    func `a question finds its answer`(row: Row) throws {
        var configuration = ForwarderConfiguration()
        configuration.usesMixedCase = row.mixedCase
        let bench = ForwarderBench(row.manners.map { ForwarderBench.server($0) }, configuration)
        bench.ask(row.name)
        bench.run(for: .seconds(6))
        #expect(bench.log == row.log)
        try #require(bench.given.count == 1)
        let given = bench.given[0]
        #expect(given.message.code == row.code)
        #expect(given.answer.extendedError == row.extendedError)
        #expect(given.time.milliseconds == row.time)
        if row.code == .noError {
            #expect(given.message.answers.last?.data == .a(IPv4Address(192, 0, 2, 1)))
        }
        #expect(bench.running.isEmpty)
        #expect(bench.forwarder.outstanding == 0)
        #expect(given.message.edns == nil)
    }

    @Test func `the start of an answer is better than none`() throws {
        let bench = ForwarderBench(.cuttingWithoutTCP)
        bench.ask("b.test")
        bench.run(for: .seconds(5))
        let given = try #require(bench.given.first)
        #expect(given.answer.shape.counts.isCut)
        #expect(given.message.answers == [.alias("b.test", "a.test")])
        #expect(bench.forwarder.cacheCounts == CacheCounts())
    }

    @Test(arguments: [
        (PacketTransport.datagram, ResponseCode.noError, true), (.stream, .serverFailure, false),
    ])
    func `the start of an answer is for clients that can ask for the rest`(
        transport: PacketTransport,
        code: ResponseCode,
        isCut: Bool
    ) throws {
        let bench = ForwarderBench(.cuttingWithoutTCP)
        bench.ask("b.test")
        bench.run(for: .seconds(5))
        let given = try #require(bench.given.first)
        let question = ForwardedQuestion(named("b.test"), .a)
        let packet = Message(id: 7, flags: .recursionDesired, questions: [Question(question.name, .a)]).encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else {
            Issue.record("no query")
            return
        }
        let origin = PacketOrigin(transport, PacketAddress(v4: 1), port: 5)
        let client = WaitingClient(query, packet.span, from: origin, at: .zero)
        let reply = try Message(decoding: client.reply(given.answer, to: question, rotation: 0))
        #expect(reply.code == code)
        #expect(reply.flags.contains(.truncated) == isCut)
        #expect(reply.answers.isEmpty == !isCut)
    }

    @Test func `clients that ask the same wait together, and once each`() {
        let bench = ForwarderBench(.honest)
        for client in [1, 2, 1] { bench.ask("A.test", client: client) }
        bench.ask("a.test", client: 3)
        bench.ask("a.test", .aaaa, client: 4)
        bench.resolve(ForwardedQuestion(named("a.test"), .a, dnssecOK: true), 5)
        bench.run(for: .seconds(1))
        #expect(bench.log == ["0 53", "0 53", "0 53"])
        #expect(bench.given.map(\.client) == [1, 2, 3, 4, 5])
        #expect(bench.forwarder.statistics.joined == 3)
    }

    @Test func `a query has random numbers, EDNS, RD and AD, and takes over DO and CD`() throws {
        let bench = ForwarderBench(.honest, mixedCase: true)
        bench.resolve(ForwardedQuestion(named("abcdefghijklmnop.test"), .a, dnssecOK: true, checkingDisabled: true))
        bench.ask("abcdefghijklmnop.test")
        let queries = bench.sent.map(\.message)
        try #require(queries.count == 2)
        #expect(queries[0].id != queries[1].id)
        #expect(queries[0].edns == EDNS(payloadSize: 1232, dnssecOK: true))
        #expect(queries[1].edns == EDNS(payloadSize: 1232))
        #expect(queries[0].flags == [.recursionDesired, .authenticData, .checkingDisabled])
        #expect(queries[1].flags == [.recursionDesired, .authenticData])
        #expect(queries[0].questions[0].name.wire != queries[1].questions[0].name.wire)
    }

    @Test func `what is outstanding is bounded`() {
        var configuration = ForwarderConfiguration()
        configuration.mostQuestions = 2
        configuration.mostClients = 2
        let bench = ForwarderBench([ForwarderBench.server(.honest)], configuration)
        for client in 1...3 { bench.ask("a.test", client: client) }
        for client in 4...5 { bench.ask("\(client).test", client: client) }
        #expect(bench.given.map(\.client) == [3, 5])
        #expect(bench.given.allSatisfy { $0.message.code == .serverFailure && $0.answer.extendedError == .other })
        bench.run(for: .seconds(1))
        #expect(bench.given.map(\.client) == [3, 5, 1, 2, 4])
        #expect(bench.forwarder.statistics.rejects == 2)
        bench.ask("5.test", client: 5)
        bench.run(for: .seconds(1))
        #expect(bench.given.last?.message.code == .nameError)
    }
}
