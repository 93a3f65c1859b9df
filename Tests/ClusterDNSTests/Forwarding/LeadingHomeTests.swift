import ClusterFixtures
import ClusterState
import DNSWire
import LinuxSystem
import NetworkTypes
import Testing

@testable import ClusterDNS

/// Names of others that are aliases of the cluster's.
@Suite struct LeadingHomeTests {
    private static let objects: [ClusterObject] = [
        .service(fixtureService("n/s", ["10.43.0.1"], ports: [ServicePort(name: "p", port: 80)])),
        .service(fixtureAlias("n/out", of: "www.example.test")),
    ]

    @Test(arguments: [
        ("cluster.local", true), ("S.N.svc.Cluster.Local", true), ("local", false), ("acluster.local", false),
        ("3.2.42.10.in-addr.arpa", true), ("43.10.IN-ADDR.arpa", true), ("10.in-addr.arpa", false),
        ("2.3.44.10.in-addr.arpa", false), ("0.0.2.4.0.0.0.0.d.f.ip6.arpa", false),
        ("7.0.0.2.4.0.0.0.0.d.f.ip6.arpa", false), ("0.0.0.0.0.0.2.4.0.0.0.0.d.f.ip6.arpa", true), (".", false),
    ])
    func `our zones are the cluster's and its networks' reverse zones`(text: String, isOurs: Bool) {
        #expect(OwnZones(testConfiguration).contains(named(text)) == isOurs)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let target: String
        let type: RecordType
        let code: ResponseCode
        /// What stands behind the alias.
        let lines: [String]
        var leadsOut = false
        var testDescription: String { "\(target) \(type)" }

        init(_ target: String, _ type: RecordType, _ code: ResponseCode, _ lines: String..., leadsOut: Bool = false) {
            self.target = target
            self.type = type
            self.code = code
            self.lines = lines
            self.leadsOut = leadsOut
        }
    }

    @Test(arguments: [
        Row("s.n.svc.cluster.local.", .a, .noError, "s.n.svc.cluster.local. A 10.43.0.1"),
        Row("s.n.svc.cluster.local.", .aaaa, .noError, "cluster.local. SOA"),
        Row("t.n.svc.cluster.local.", .a, .nameError, "cluster.local. SOA"),
        Row("1.0.43.10.in-addr.arpa.", .ptr, .noError, "1.0.43.10.in-addr.arpa. PTR s.n.svc.cluster.local."),
        Row("2.0.43.10.in-addr.arpa.", .ptr, .nameError, "43.10.in-addr.arpa. SOA"),
        Row(
            "out.n.svc.cluster.local.",
            .a,
            .noError,
            "out.n.svc.cluster.local. CNAME www.example.test.",
            leadsOut: true
        ),
    ])
    func `what others lead to is answered by the cluster`(row: Row) throws {
        var responder = Responder(TestCluster(Self.objects).table, rotation: 0)
        let question = ForwardedQuestion(named("a.test"), row.type)
        let (answer, leadsOut) = responder.completed(try Self.alias(to: row.target, question), to: question)
        let message = try #require(answer.message(to: question))
        let lines = (message.answers + message.authorities).map { record in
            record.type == .soa ? "\(record.name) SOA" : "\(record.name) \(record.type) \(record.data)"
        }
        #expect(lines == ["a.test. CNAME \(row.target)"] + row.lines)
        #expect(message.code == row.code)
        #expect(leadsOut == row.leadsOut)
        #expect(!answer.isAuthentic && !answer.leadsHome)
    }

    @Test func `of names that lead to and fro each is told once`() throws {
        var responder = Responder(TestCluster(Self.objects).table, rotation: 0)
        let name = "out.n.svc.cluster.local."
        let packet = Message(id: 1, flags: .recursionDesired, questions: [Question(named(name), .a)]).encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else { preconditionFailure("no query") }
        let found = responder.message(answering: ForwardedQuestion(named(name), .a))
        let own = try #require(found)
        #expect(own.leadsOut)
        let known = own.message.encoded()
        let client = WaitingClient(
            query,
            packet.span,
            alias: known.span,
            from: PacketOrigin(.datagram, PacketAddress(v4: 1), port: 5),
            at: .zero
        )
        let question = try #require(client.target)
        let (answer, leadsOut) = responder.completed(try Self.alias(to: name, question), to: question)
        #expect(leadsOut && client.led(by: answer, to: question) == nil)
        let reply = try Message(decoding: client.reply(answer, to: question, rotation: 0))
        #expect(
            reply.answers.map { "\($0.name) \($0.type) \($0.data)" } == [
                "\(name) CNAME www.example.test.", "www.example.test. CNAME \(name)",
            ]
        )
    }

    @Test func `nothing is said of an alias into a cluster that is not known yet`() throws {
        var responder = Responder(TestCluster(kinds: []).table, rotation: 0)
        let question = ForwardedQuestion(named("a.test"), .a)
        let answer = responder.completed(try Self.alias(to: "s.n.svc.cluster.local.", question), to: question).answer
        #expect(answer.code == .serverFailure)
        #expect(answer.extendedError == .notReady)
    }

    /// What a server says that knows better than we do, and is not believed.
    private static func alias(to target: String, _ question: ForwardedQuestion) throws -> ResolvedAnswer {
        let message = Message(
            id: 1,
            flags: [.response, .recursionAvailable, .authenticData],
            questions: [Question(question.name, question.type)],
            answers: [
                .alias("\(question.name)", target),
                ResourceRecord(named(target), ttl: 60, .other(question.type, [6, 6])),
            ]
        )
        return ResolvedAnswer(
            try UpstreamAnswer(message, to: question, home: OwnZones(testConfiguration)),
            to: question
        )
    }

    @Test func `an alias home is remembered without what others say behind it`() throws {
        var configuration = ForwarderConfiguration()
        configuration.home = OwnZones(testConfiguration)
        var server = ForwarderBench.server(.honest)
        server.records[named("in.test")] = [.alias("in.test", "s.n.svc.cluster.local")]
        server.records[named("s.n.svc.cluster.local")] = [.address("s.n.svc.cluster.local", 66)]
        let bench = ForwarderBench([server], configuration)
        for client in 1...2 {
            bench.ask("in.test", client: client)
            bench.run(for: .seconds(1))
        }
        #expect(bench.log.count == 1)
        #expect(bench.given.map(\.client) == [1, 2])
        for given in bench.given {
            #expect(given.answer.leadsHome)
            #expect(given.message.answers.map(\.type) == [.cname])
        }
        // The short way to what is remembered cannot complete it.
        let query = try Self.query("in.test")
        _ = [UInt8](capacity: 512) { message in
            let name = named("in.test").folded.wire
            let known = bench.forwarder.answer(
                query,
                name.span,
                nameHash: bench.forwarder.cache.hasher.hash(named("in.test")),
                rotation: 0,
                limit: 512,
                now: bench.now,
                into: &message
            )
            #expect(known == nil)
        }
    }

    private static func query(_ name: String) throws -> Query {
        let packet = Message(id: 1, flags: .recursionDesired, questions: [Question(named(name), .a)]).encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else { preconditionFailure("no query") }
        return query
    }
}
