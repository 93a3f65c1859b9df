import NetworkTypes
import Testing

@testable import Ingress
@testable import LinuxSystem

/// Who stays connected, who goes and who is not taken.
@Suite struct ClientPlacesTests {
    /// Lines of what happens: `1 from A` (a connection of a network), `1 from a proxy`, `1 begins` (a request), `1 rests`,
    /// `1 leaves`, `1 of A` (a proxy says so). Behind a colon stands what becomes of it, if that is more than that it stays.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var most = 4
        let events: String
    }

    static let rows: [Row] = [
        Row(testDescription: "as many as there are places", events: "1 from A, 2 from B, 3 from C, 4 from D"),
        Row(
            testDescription: "the one that rests longest makes room",
            events: "1 from A, 2 from B, 3 from C, 4 from D, 5 from E: instead of 1, 6 from F: instead of 2"
        ),
        Row(
            testDescription: "one with a request under way stays",
            events: "1 from A, 2 from B, 3 from C, 4 from D, 1 begins, 3 begins, 5 from E: instead of 2"
        ),
        Row(
            testDescription: "a response makes it the last to go",
            events: """
                1 from A, 2 from B, 3 from C, 4 from D, 1 begins, 1 rests, 5 from E: instead of 2, 6 from F: instead of 3,
                7 from G: instead of 4, 8 from H: instead of 1
                """
        ),
        Row(
            testDescription: "so does a word of the next request",
            events: "1 from A, 2 from B, 3 from C, 4 from D, 1 rests, 5 from E: instead of 2"
        ),
        Row(
            testDescription: "nobody is taken while all are at work",
            events: """
                1 from A, 2 from B, 3 from C, 4 from D, 1 begins, 2 begins, 3 begins, 4 begins, 5 from E: full, 2 rests,
                5 from E: instead of 2, 6 from F: instead of 5
                """
        ),
        Row(
            testDescription: "who leaves makes room, resting or not",
            events: "1 from A, 2 from B, 3 from C, 4 from D, 2 begins, 2 leaves, 5 from E, 3 leaves, 6 from F"
        ),
        Row(
            testDescription: "who has left can rest no more",
            events: """
                1 from A, 2 from B, 3 from C, 4 from D, 1 leaves, 1 rests, 1 begins, 1 leaves, 5 from E, 6 from F: instead of 2
                """
        ),
        Row(
            testDescription: "one network may have half as long as nobody else comes",
            most: 8,
            events: "1 from A, 2 from A, 3 from A, 4 from A"
        ),
        Row(
            testDescription: "above that the one of its own that rests longest makes room",
            most: 8,
            events: """
                9 from B, 1 from A, 2 from A, 3 from A, 4 from A: instead of 1, 5 from A: instead of 2, 10 from B,
                11 from B: instead of 9
                """
        ),
        Row(
            testDescription: "or it is refused, while others are not",
            most: 8,
            events: """
                1 from A, 2 from A, 3 from A, 4 from A, 1 begins, 2 begins, 3 begins, 4 begins, 5 from A: share, 6 from B,
                7 from B, 8 from B: instead of 6, 9 from C, 5 from A: share
                """
        ),
        Row(
            testDescription: "within its share it takes its turn",
            most: 8,
            events: """
                1 from A, 2 from A, 3 from B, 4 from B, 5 from C, 6 from C, 7 from D, 8 from E, 9 from E: instead of 1,
                10 from E: instead of 8
                """
        ),
        Row(
            testDescription: "a proxy has no share",
            events: "1 from a proxy, 2 from a proxy, 3 from a proxy, 4 from a proxy, 5 from a proxy: instead of 1"
        ),
        Row(
            testDescription: "whom it names has",
            events: """
                1 from a proxy, 2 from a proxy, 1 of A, 2 of A: share, 2 of B, 3 from A: instead of 1, 4 from a proxy, 4 of A: share
                """
        ),
        Row(testDescription: "a network is counted down", events: "1 from A, 2 from B, 1 leaves, 3 from A, 4 from C"),
    ]

    @Test("clients come and go", arguments: rows)
    func comeAndGo(_ row: Row) throws {
        var places = ClientPlaces(most: row.most)
        for event in row.events.split(whereSeparator: { ",\n".contains($0) }) {
            let parts = event.split(separator: ":").map { $0.trimmingPrefix(while: \.isWhitespace) }
            let words = parts[0].split(separator: " ")
            let stream = StreamID(index: try #require(Int32(words[0])), generation: 7)
            let wanted = parts.count > 1 ? String(parts[1]) : ""
            #expect(try happen(words, stream, to: &places) == wanted, "\(event)")
            #expect(places.count <= row.most)
        }
    }

    /// What becomes of an event, as the rows have it.
    private func happen(_ words: [Substring], _ stream: StreamID, to places: inout ClientPlaces) throws -> String {
        let network = try words.last.flatMap { $0.count == 1 ? try Self.network($0) : nil }
        switch words[1] {
        case "from":
            switch places.enter(stream, from: network) {
            case .admitted(closing: nil): return ""
            case .admitted(let closing?): return "instead of \(closing.index)"
            case .refused(let reason): return reason.rawValue
            }
        case "of": return places.assign(stream, to: try #require(network)) ? "" : "share"
        case "begins": places.begin(stream)
        case "rests": places.rest(stream)
        case "leaves": places.leave(stream)
        default: Issue.record("what is \(words)?")
        }
        return ""
    }

    private static func network(_ name: Substring) throws -> ClientNetwork {
        ClientNetwork(PacketAddress(v4: 0xc000_0200 + UInt32(try #require(name.utf8.first))))
    }

    @Test func `want of anything else is want of places`() {
        var places = ClientPlaces(most: 4)
        let (first, second) = (StreamID(index: 0, generation: 1), StreamID(index: 1, generation: 1))
        #expect(places.enter(first, from: nil, hasRoom: false) == .refused(.full))
        #expect(places.enter(first, from: nil) == .admitted(closing: nil))
        #expect(places.enter(second, from: nil, hasRoom: false) == .admitted(closing: first))
    }

    @Test func `another stream in the same place is another one`() {
        var places = ClientPlaces(most: 1)
        let (former, stream) = (StreamID(index: 3, generation: 1), StreamID(index: 3, generation: 2))
        #expect(places.enter(former, from: nil) == .admitted(closing: nil))
        places.leave(former)
        #expect(places.enter(stream, from: nil) == .admitted(closing: nil))
        places.leave(former)
        places.begin(former)
        #expect(places.count == 1)
        #expect(places.enter(StreamID(index: 4, generation: 1), from: nil) == .admitted(closing: stream))
    }

    @Test(
        "a network is an IPv4 address, or 64 bits of an IPv6 one",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("2001:db8::1", "2001:db8::ffff:0:0:1", true), ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::1", "192.0.2.1", false),
        ]
    )
    func network(_ one: String, _ other: String, isSame: Bool) throws {
        let networks = try [one, other].map { ClientNetwork(PacketAddress(try IPAddress(parsing: $0))) }
        #expect((networks[0] == networks[1]) == isSame)
    }
}
