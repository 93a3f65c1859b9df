import DNSWire
import SeededNumbers
import Testing

@Suite struct NameHasherTests {
    /// The hash of the name of a query and its copy in lower case.
    private func folded(_ name: DNSName, _ hasher: NameHasher, room: Int = 255) throws -> (UInt64, [UInt8]) {
        let packet = Message(id: 1, questions: [Question(name, .a)]).encoded()
        guard case .query(let query) = ReceivedPacket(packet.span) else { throw DNSParseError(.truncated, at: 0) }
        var target = Array(repeating: UInt8(0xee), count: room)
        var span = target.mutableSpan
        let hash = hasher.fold(query, in: packet.span, into: &span)
        return (hash, target)
    }

    @Test func `a name in a packet hashes like the name by itself, whatever its length and case`() throws {
        var random = RandomMessages(seed: 3)
        let hasher = NameHasher(using: &random.generator)
        for _ in 0..<300 {
            let name = random.name()
            let (hash, copy) = try folded(name, hasher)
            #expect(hash == hasher.hash(name))
            #expect(hash == hasher.hash(name.folded))
            #expect(copy == name.folded.wire + Array(repeating: 0xee, count: 255 - name.wire.count))
        }
    }

    @Test func `a buffer that is too small is left alone`() throws {
        var generator = SeededNumbers(seed: 4)
        let hasher = NameHasher(using: &generator)
        let name = try DNSName(parsing: "a.example")
        #expect(try folded(name, hasher, room: name.wire.count - 1).1 == Array(repeating: 0xee, count: 10))
        #expect(try folded(name, hasher, room: name.wire.count).1 == name.wire)
    }

    @Test func `names that differ hash apart and fill a table evenly`() throws {
        var generator = SeededNumbers(seed: 5)
        let hasher = NameHasher(using: &generator)
        let zone = try DNSName(parsing: "svc.cluster.local")
        let hashes = try (0..<8192).map {
            hasher.hash(try zone.prepending("ns\($0 & 7)").prepending("svc\($0)"))
        }
        #expect(Set(hashes).count == hashes.count)
        // Eight to a bucket are expected; 30 would be met once in a hundred million tables.
        for shift in [0, 54] {
            let buckets = Dictionary(grouping: hashes) { $0 >> UInt64(shift) & 1023 }
            #expect(buckets.values.map(\.count).max() ?? 0 < 30)
            #expect(buckets.count > 1000)
        }
    }

    @Test func `another seed gives other hashes`() throws {
        var generator = SeededNumbers(seed: 6)
        let name = try DNSName(parsing: "a.example")
        let hashes = (0..<100).map { _ in NameHasher(using: &generator).hash(name) }
        #expect(Set(hashes).count == 100)
    }
}
