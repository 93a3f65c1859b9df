import DNSWire
import NetworkTypes
import SeededNumbers

@testable import ClusterDNS

/// A forwarder with servers behind it, a clock that is cranked by hand, and random numbers that repeat themselves.
final class ForwarderBench {
    /// What a client got.
    struct Given {
        let client: Int
        let time: Duration
        let answer: ResolvedAnswer
        let message: Message
    }

    /// A packet that went to a server.
    struct Sent {
        let time: Duration
        let upstream: Upstream
        let transport: ForwarderAttempt.Transport
        let message: Message
    }

    private enum Event {
        case packet([UInt8], ForwarderAttempt.ID)
        case failure(ForwarderAttempt.ID)
    }

    var forwarder: Forwarder<Int>
    var generator: SeededNumbers
    private(set) var now = Duration.zero
    var servers: [Upstream: FakeServer]
    private var events: [(time: Duration, event: Event)] = []
    private(set) var running: Set<ForwarderAttempt.ID> = []
    private(set) var given: [Given] = []
    private(set) var sent: [Sent] = []
    /// What it told others to remember.
    private(set) var learned: [LearnedAnswer] = []
    /// Clients from here on are questions that a looping server sent us.
    private static let firstLoop = 1_000_000
    private var loops: [(id: ForwarderAttempt.ID, query: Message)] = []

    /// 192.0.2.53, 192.0.2.54, …
    static func upstream(_ index: Int) -> Upstream {
        Upstream(.v4(IPv4Address(192, 0, 2, UInt8(53 + index))))
    }

    init(
        _ servers: [FakeServer],
        _ configuration: ForwarderConfiguration = ForwarderConfiguration(),
        seed: UInt64 = 1
    ) {
        generator = SeededNumbers(seed: seed)
        forwarder = Forwarder(
            configuration,
            hasher: NameHasher(using: &generator),
            loopSecret: generator.next()
        )
        let upstreams = servers.indices.map(Self.upstream)
        self.servers = Dictionary(uniqueKeysWithValues: zip(upstreams, servers))
        replace(by: upstreams)
    }

    /// Servers that know `a.test` 192.0.2.1, `b.test` → `a.test`, TTL 60, and behave in these manners.
    convenience init(_ manners: FakeServer.Manner..., mixedCase: Bool = false) {
        var configuration = ForwarderConfiguration()
        configuration.usesMixedCase = mixedCase
        self.init(manners.map { Self.server($0) }, configuration)
    }

    static func server(_ manner: FakeServer.Manner, _ roundTrip: Duration = .milliseconds(20)) -> FakeServer {
        var server = FakeServer(manner: manner, roundTrip: roundTrip)
        for record in [
            ResourceRecord.address("a.test", 1), .alias("b.test", "a.test"), .address("zero.test", 2, ttl: 0),
        ] {
            server.records[record.name] = [record]
        }
        return server
    }

    /// Servers at `tls://192.0.2.53#dns.test`, `tls://192.0.2.54#dns.test`, …
    convenience init(overTLS manners: FakeServer.Manner...) {
        self.init([])
        let upstreams = manners.indices.map { index in
            Upstream(Self.upstream(index).address, port: 853, security: .tls(name: "dns.test"))
        }
        servers = Dictionary(uniqueKeysWithValues: zip(upstreams, manners.map { Self.server($0) }))
        replace(by: upstreams)
    }

    func replace(by upstreams: [Upstream], policy: UpstreamPolicy = .quickest) {
        perform(forwarder.replaceUpstreams(by: upstreams, policy: policy, now: now, using: &generator))
    }

    /// A client asks what is not remembered.
    func ask(_ name: String, _ type: RecordType = .a, client: Int = 0) {
        resolve(ForwardedQuestion(named(name), type), client)
    }

    func resolve(_ question: ForwardedQuestion, _ client: Int = 0) {
        perform(forwarder.resolve(question, for: client, now: now, using: &generator))
    }

    func refresh(_ question: ForwardedQuestion) {
        perform(forwarder.refresh(question, now: now, using: &generator))
    }

    func receive(_ packet: [UInt8], on id: ForwarderAttempt.ID) {
        perform(forwarder.receive(packet.span, on: id, now: now, using: &generator))
    }

    /// Takes over what another one learned.
    func take(_ answers: [LearnedAnswer], age: Duration = .zero) {
        for answer in answers { perform(forwarder.take(answer, age: age, now: now)) }
    }

    /// Lets time pass.
    func run(for duration: Duration) {
        let end = now + duration
        while true {
            let event = events.indices.min { events[$0].time < events[$1].time }
            let eventTime = event.map { events[$0].time }
            let deadline = forwarder.deadline
            guard let time = [eventTime, deadline].compactMap({ $0 }).min(), time <= end else { break }
            now = max(now, time)
            if let event, eventTime == time {
                handle(events.remove(at: event).event)
            } else {
                perform(forwarder.expire(now: now, using: &generator))
            }
        }
        now = end
    }

    private func handle(_ event: Event) {
        switch event {
        case .packet(let packet, let id): if running.contains(id) { receive(packet, on: id) }
        case .failure(let id):
            guard running.remove(id) != nil else { return }
            perform(forwarder.fail(id, "Connection refused", now: now, using: &generator))
        }
    }

    private func perform(_ actions: ForwarderActions<Int>) {
        for id in actions.ends {
            precondition(running.remove(id) != nil, "an attempt is ended that does not run")
        }
        for attempt in actions.starts { start(attempt) }
        learned += actions.learned
        for replies in actions.replies {
            guard let message = replies.answer.message(to: replies.question) else {
                preconditionFailure("an answer that cannot be read")
            }
            for client in replies.clients {
                if client >= Self.firstLoop {
                    answerLoop(client, message)
                } else {
                    given.append(Given(client: client, time: now, answer: replies.answer, message: message))
                }
            }
        }
    }

    private func start(_ attempt: ForwarderAttempt) {
        guard let server = servers[attempt.upstream], let message = try? Message(decoding: attempt.packet),
            running.insert(attempt.id).inserted
        else { preconditionFailure("an attempt that cannot be started") }
        sent.append(Sent(time: now, upstream: attempt.upstream, transport: attempt.transport, message: message))
        let time = now + server.roundTrip
        switch (server.manner, attempt.transport) {
        case (.unreachable, _), (.cuttingWithoutTCP, .stream): events.append((time, .failure(attempt.id)))
        case (.looping, _):
            loops.append((attempt.id, message))
            let question = message.questions[0]
            resolve(ForwardedQuestion(question.name, question.type), Self.firstLoop + loops.count - 1)
        default:
            for packet in (try? server.replies(to: attempt.packet, attempt.transport)) ?? [] {
                events.append((time, .packet(packet, attempt.id)))
            }
        }
    }

    /// The looping server passes on what we told it.
    private func answerLoop(_ client: Int, _ message: Message) {
        let (id, query) = loops[client - Self.firstLoop]
        var reply = message
        reply.id = query.id
        reply.questions = query.questions
        reply.flags = [.response, .recursionAvailable]
        events.append((now + .milliseconds(5), .packet(reply.encoded(), id)))
    }

    /// The packets about questions of clients, in lines: `53 a.test. A`.
    var log: [String] {
        sent.filter { $0.message.questions[0].type != .txt }.map {
            let number = $0.upstream.address.bytes[3]
            let transport = [.stream: " tcp", .tls: " tls"][$0.transport, default: ""]
            let mark = transport + ($0.message.edns == nil ? " plain" : "")
            return "\(Int($0.time.milliseconds)) \(number)\(mark)"
        }
    }
}
