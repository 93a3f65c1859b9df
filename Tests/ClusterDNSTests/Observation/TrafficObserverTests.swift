import ClusterFixtures
import ClusterState
import DNSWire
import LinuxSystem
import Metrics
import Testing

@testable import ClusterDNS

/// What is exported of queries that were answered.
@Suite struct TrafficObserverTests {
    private static let ipv4 = PacketAddress(v4: 0x0a2a_0001)
    private static let ipv6 = PacketAddress(high: 0xfd00 << 48, low: 1)

    /// The lines of the exposition, without comments, that contain all of the words.
    private func lines(_ observers: [TrafficObserver], _ words: String...) -> [Substring] {
        Exposition(TrafficFamilies(observers).families).text.split(separator: "\n").filter { line in
            line.first != "#" && words.allSatisfy { line.contains($0) }
        }
    }

    /// Has a responder answer a packet and notes it.
    private func note(
        _ packet: [UInt8],
        _ transport: PacketTransport = .datagram,
        _ address: PacketAddress = ipv4,
        isAllowed: Bool = true,
        in observer: inout TrafficObserver
    ) {
        var responder = Responder(TestCluster([.service(fixtureService("n/s", ["10.43.0.1"]))]).table, rotation: 0)
        var outcome = Responder.Outcome.done(nil)
        let reply = [UInt8](capacity: 1232) { reply in
            outcome = responder.answer(packet.span, over: transport, isAllowed: isAllowed, into: &reply)
        }
        guard case .done(let query) = outcome else { return #expect(Bool(false), "\(outcome)") }
        observer.note(query, size: packet.count, reply.span, PacketOrigin(transport, address, port: 40_000))
    }

    private func query(_ text: String, _ type: RecordType, edns: EDNS? = nil) -> [UInt8] {
        Message(id: 7, flags: .recursionDesired, questions: [Question(name(text), type)], edns: edns).encoded()
    }

    @Test func `queries are counted with CoreDNS' labels`() {
        var observer = TrafficObserver()
        note(query("s.n.svc", .a), in: &observer)
        note(query("s.n.svc", .a), in: &observer)
        note(query("t.n.svc", .aaaa), .stream, Self.ipv6, in: &observer)
        note(query("s.n.svc", .hinfo, edns: EDNS(payloadSize: 1232, dnssecOK: true)), in: &observer)
        #expect(observer.hasAnswered)
        observer.endRound(.microseconds(300))
        #expect(!observer.hasAnswered)
        let zone = #"server="dns://:53",zone=".",view="""#
        #expect(
            lines([observer], "requests_total") == [
                "coredns_dns_do_requests_total{\(zone)} 1",
                "coredns_dns_requests_total{\(zone),proto=\"udp\",family=\"1\",type=\"A\"} 2",
                "coredns_dns_requests_total{\(zone),proto=\"udp\",family=\"1\",type=\"other\"} 1",
                "coredns_dns_requests_total{\(zone),proto=\"tcp\",family=\"2\",type=\"AAAA\"} 1",
            ]
        )
        #expect(
            lines([observer], "responses_total") == [
                "coredns_dns_responses_total{\(zone),rcode=\"NOERROR\",plugin=\"errors\"} 3",
                "coredns_dns_responses_total{\(zone),rcode=\"NXDOMAIN\",plugin=\"errors\"} 1",
            ]
        )
        #expect(
            lines([observer], "duration_seconds_bucket", "le=\"0.00") == [
                "coredns_dns_request_duration_seconds_bucket{\(zone),le=\"0.00025\"} 0",
                "coredns_dns_request_duration_seconds_bucket{\(zone),le=\"0.0005\"} 4",
                "coredns_dns_request_duration_seconds_bucket{\(zone),le=\"0.001\"} 4",
                "coredns_dns_request_duration_seconds_bucket{\(zone),le=\"0.002\"} 4",
                "coredns_dns_request_duration_seconds_bucket{\(zone),le=\"0.004\"} 4",
                "coredns_dns_request_duration_seconds_bucket{\(zone),le=\"0.008\"} 4",
            ]
        )
        #expect(lines([observer], "request_size_bytes_count", "tcp").map { $0.suffix(2) } == [" 1"])
        #expect(lines([observer], "response_size_bytes_count", "udp").map { $0.suffix(2) } == [" 3"])
        #expect(lines([observer, observer], "requests_total", "type=\"A\"").map { $0.suffix(2) } == [" 4"])
    }

    @Test func `what is refused is counted apart`() {
        var observer = TrafficObserver()
        note(query("s.n.svc", .a), isAllowed: false, in: &observer)
        note(query("s.n.svc", .axfr), .stream, in: &observer)
        note(query("s.n.svc", .a, edns: EDNS(payloadSize: 1232, version: 1)), in: &observer)
        // Without a question.
        note([0, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], in: &observer)
        // A response gets no reply, and is none of the queries.
        note([0, 7, 0x81, 0, 0, 1, 0, 0, 0, 0, 0, 0], in: &observer)
        observer.endRound(.zero)
        let zone = #"server="dns://:53",zone="dropped",view="""#
        #expect(
            lines([observer], "responses_total") == [
                "coredns_dns_responses_total{\(zone),rcode=\"FORMERR\",plugin=\"\"} 1",
                "coredns_dns_responses_total{\(zone),rcode=\"REFUSED\",plugin=\"\"} 2",
                "coredns_dns_responses_total{\(zone),rcode=\"BADVERS\",plugin=\"\"} 1",
            ]
        )
        #expect(lines([observer], "duration_seconds_count", "dropped").map { $0.suffix(2) } == [" 4"])
    }

    @Test func `an answer of others is counted with its own time`() {
        var observer = TrafficObserver()
        let packet = query("www.example.test.", .a)
        guard case .query(let asked) = ReceivedPacket(packet.span) else { return #expect(Bool(false)) }
        let origin = PacketOrigin(.datagram, Self.ipv4, port: 40_000)
        observer.note(asked, size: packet.count, packet.span, origin, elapsed: .milliseconds(20))
        #expect(!observer.hasAnswered)
        #expect(
            lines([observer], "duration_seconds_sum") == [
                "coredns_dns_request_duration_seconds_sum{server=\"dns://:53\",zone=\".\",view=\"\"} 0.02"
            ]
        )
    }
}
