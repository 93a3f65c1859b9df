import DNSWire
import NetworkTypes
import SeededNumbers

@testable import ClusterDNS

/// A lookup with servers behind it, a clock that is cranked by hand, and random numbers that repeat themselves.
final class LookupBench {
    /// A packet that went to a server.
    struct Sent {
        let time: Duration
        let attempt: ForwarderAttempt
        let message: Message
        var type: RecordType { message.questions[0].type }
    }

    private enum Event {
        case packet([UInt8], ForwarderAttempt.ID)
        case failure(ForwarderAttempt.ID)
    }

    private var lookup: AddressLookup
    private var generator: SeededNumbers
    private let servers: [Upstream: FakeServer]
    private(set) var now = Duration.zero
    private var events: [(time: Duration, event: Event)] = []
    private(set) var running: [ForwarderAttempt.ID: RecordType] = [:]
    private(set) var sent: [Sent] = []
    /// Whether more than one attempt ran for one family at once.
    private(set) var hasCrowd = false

    /// 10.43.0.10 is asked for names of the cluster, `cluster.local`.
    static let clusterServer = Upstream(.v4(IPv4Address(10, 43, 0, 10)))

    /// - Parameters:
    ///   - others: the servers for other names, in their order.
    ///   - cluster: what is asked for names of the cluster; nobody if nil.
    init(
        _ name: String,
        _ others: [(upstream: Upstream, server: FakeServer)],
        cluster: FakeServer? = nil,
        complaint: String? = nil,
        seed: UInt64 = 1
    ) {
        generator = SeededNumbers(seed: seed)
        var servers = Dictionary(uniqueKeysWithValues: others.map { ($0.upstream, $0.server) })
        servers[Self.clusterServer] = cluster
        self.servers = servers
        let choice = LookupServers(
            cluster: cluster == nil ? [] : [Self.clusterServer],
            others: others.map(\.upstream),
            complaint: complaint,
            home: OwnZones(cluster: named("cluster.local"))
        )
        lookup = AddressLookup(named(name), of: choice)
    }

    /// Servers at 192.0.2.53, 192.0.2.54, … with these manners, which know `LookupBench.records`.
    convenience init(_ name: String, _ manners: [FakeServer.Manner]) {
        self.init(
            name,
            manners.enumerated().map { index, manner in
                (ForwarderBench.upstream(index), FakeServer(manner: manner, records: Self.records))
            }
        )
    }

    /// By owner.
    static let records = Dictionary(
        grouping: [
            ResourceRecord.address("a.test", 1), .address("a.test", 2, ttl: 50), .address("dual.test", 3, ttl: 40),
            ResourceRecord(named("dual.test"), ttl: 35, .aaaa(IPv6Address(rawValue: 0xfd00 << 112 | 3))),
            ResourceRecord(named("six.test"), ttl: 70, .aaaa(IPv6Address(rawValue: 0xfd00 << 112 | 6))),
            .address("once.test", 4, ttl: 0), ResourceRecord(named("bare.test"), ttl: 9, .txt("no address")),
            .alias("b.test", "a.test", ttl: 30), .alias("c.test", "b.test", ttl: 90), .alias("d.test", "gone.test"),
            .alias("e.test", "bare.test", ttl: 20), .alias("local.test", "localhost"),
            .alias("home.test", "s.n.svc.cluster.local", ttl: 25), .address("s.n.svc.cluster.local", 66),
        ],
        by: \.name
    )

    /// Lets time pass until there is an answer.
    func run() -> LookupAnswer? {
        perform(lookup.begin(now: now, using: &generator))
        while lookup.answer == nil {
            let event = events.indices.min { events[$0].time < events[$1].time }
            let eventTime = event.map { events[$0].time }
            guard let time = [eventTime, lookup.deadline].compactMap({ $0 }).min() else { return nil }
            now = max(now, time)
            if let event, eventTime == time {
                handle(events.remove(at: event).event)
            } else {
                perform(lookup.expire(now: now, using: &generator))
            }
        }
        return lookup.answer
    }

    private func handle(_ event: Event) {
        switch event {
        case .packet(let packet, let id):
            guard running[id] != nil else { return }
            perform(lookup.receive(packet.span, on: id, now: now, using: &generator))
        case .failure(let id):
            guard running.removeValue(forKey: id) != nil else { return }
            perform(lookup.fail(id, "Connection refused", now: now, using: &generator))
        }
    }

    private func perform(_ actions: LookupActions) {
        for id in actions.ends {
            precondition(running.removeValue(forKey: id) != nil, "an attempt is ended that does not run")
        }
        for attempt in actions.starts { start(attempt) }
    }

    private func start(_ attempt: ForwarderAttempt) {
        guard let server = servers[attempt.upstream], let message = try? Message(decoding: attempt.packet) else {
            preconditionFailure("an attempt that cannot be started")
        }
        let record = Sent(time: now, attempt: attempt, message: message)
        hasCrowd = hasCrowd || running.values.contains(record.type)
        precondition(running.updateValue(record.type, forKey: attempt.id) == nil, "a number that is used twice")
        sent.append(record)
        let time = now + server.roundTrip
        switch (server.manner(for: message), attempt.transport) {
        case (.unreachable, _), (.cuttingWithoutTCP, .stream): events.append((time, .failure(attempt.id)))
        default:
            for packet in (try? server.replies(to: attempt.packet, attempt.transport)) ?? [] {
                events.append((time, .packet(packet, attempt.id)))
            }
        }
    }

    /// The packets that asked for addresses of one type, in lines: `20 53 tcp`.
    func log(_ type: RecordType = .a) -> [String] {
        sent.filter { $0.type == type }.map { sent in
            let number = sent.attempt.upstream.address.bytes[3]
            let transport = [.stream: " tcp", .tls: " tls"][sent.attempt.transport, default: ""]
            let mark = transport + (sent.message.edns == nil ? " plain" : "")
            return "\(Int(sent.time.milliseconds)) \(number)\(mark)"
        }
    }
}
