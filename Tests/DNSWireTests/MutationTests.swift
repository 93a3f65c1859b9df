import DNSWire
import Foundation
import NetworkTypes
import SeededNumbers
import Testing

/// Packets that are nearly right go through every reader and every writer. A trap ends the run: spans check each access,
/// so that reading outside of a packet is one. What can be read is written again and has to come back the same.
///
/// `DNS_MUTATION_ROUNDS` sets how many packets (3000 take a few seconds), `DNS_MUTATION_SEED` where to begin.
@Suite struct MutationTests {
    static let rounds = setting("DNS_MUTATION_ROUNDS") ?? 3000
    static let seed = setting("DNS_MUTATION_SEED") ?? 5

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test func `mutated packets are read or refused, and what is read comes back`() throws {
        var mutator = PacketMutator(seed: UInt64(Self.seed))
        let server = Server(generator: &mutator.generator)
        var outcomes: [String: Int] = [:]
        for round in 0..<Self.rounds {
            let packet = mutator.packet()
            let faults = server.faults(of: packet, round: round, outcomes: &outcomes)
            if !faults.isEmpty {
                let digits = packet.map { String($0, radix: 16) }.joined(separator: " ")
                Issue.record("round \(round): \(faults) in \(digits)")
                return
            }
        }
        // That each branch is met: else the packets have become too wrong, or too right, to tell anything.
        for outcome in ["ignored", "rejected", "refused", "query", "decoded", "malformed"] {
            #expect(outcomes[outcome] ?? 0 > Self.rounds / 100, "\(outcome): \(outcomes)")
        }
        if Self.rounds > 3000 { print(outcomes.sorted { $0.key < $1.key }) }
    }

    @Test func `mutated names are read or refused, and what is read comes back`() throws {
        var generator = SeededNumbers(seed: UInt64(Self.seed))
        let alphabet = Array(#"ab.\019. ;"é"#.utf8)
        for _ in 0..<Self.rounds {
            let length = Int.random(in: 0...(Bool.random(using: &generator) ? 12 : 300), using: &generator)
            let octets = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            if let name = try? DNSName(parsing: String(decoding: octets, as: UTF8.self)) {
                #expect(try DNSName(parsing: name.description).wire == name.wire)
                #expect(try DNSName(wire: name.wire) == name)
            }
            if let name = try? DNSName(wire: octets.map { $0 & 3 }) { #expect(name.wire.count <= 255) }
        }
    }
}

/// Does to a packet all that can be done with it.
private struct Server {
    private let hasher: NameHasher

    init(generator: inout SeededNumbers) {
        hasher = NameHasher(using: &generator)
    }

    func faults(of packet: [UInt8], round: Int, outcomes: inout [String: Int]) -> [String] {
        var faults: [String] = []
        let message = decoded(packet, &faults)
        outcomes[message == nil ? "malformed" : "decoded", default: 0] += 1
        switch ReceivedPacket(packet.span) {
        case .ignored:
            outcomes["ignored", default: 0] += 1
            if packet.count >= 12, packet[2] & 0x80 == 0 { faults.append("a query was ignored") }
        case .rejected(let reply):
            outcomes["rejected", default: 0] += 1
            let octets = Replying.octets(over: packet, room: 0) { reply.write(into: &$0) }
            if octets.count != 12 || octets[..<2] != packet[..<2] { faults.append("a header reply is wrong") }
        case .refused(let query, let code):
            outcomes["refused", default: 0] += 1
            answer(query, Reply(code, flags: [], limit: 512), packet, round, &faults)
        case .query(let query):
            outcomes["query", default: 0] += 1
            var reply = Reply(flags: .authoritative, limit: query.payloadLimit(own: 1232))
            reply.rotation = UInt32(truncatingIfNeeded: round)
            if round % 2 == 0 { reply.extendedError = .staleAnswer }
            answer(query, reply, packet, round, &faults)
            if let message, message.questions.first?.type != query.type { faults.append("the readers differ") }
        }
        age(packet, round)
        return faults
    }

    /// The message, if it is one; then what it encodes to is no longer than asked for and decodes to the same.
    private func decoded(_ packet: [UInt8], _ faults: inout [String]) -> Message? {
        do throws(DNSParseError) {
            let message = try Message(decoding: packet)
            let encoded = message.encoded()
            let again = try Message(decoding: encoded)
            if again != message, !again.flags.subtracting(message.flags).contains(.truncated) {
                faults.append("does not come back")
            }
            let short = message.encoded(limit: 512)
            if short.count > 512 { faults.append("longer than its limit") }
            _ = try Message(decoding: short)
            _ = message.answers.map(\.description)
            return message
        } catch {
            if error.offset > packet.count { faults.append("a fault behind the packet") }
            return nil
        }
    }

    /// Builds the reply in place and reads it back.
    private func answer(
        _ query: Query,
        _ reply: Reply,
        _ packet: [UInt8],
        _ round: Int,
        _ faults: inout [String]
    ) {
        do {
            let nameEnd = Query.nameOffset + query.nameLength
            let name = try DNSName(wire: Array(packet[Query.nameOffset..<nameEnd]))
            if query.name(in: packet.span)?.wire != name.wire { faults.append("the name is read wrongly") }
            var folded = Array(repeating: UInt8(0), count: 255)
            var target = folded.mutableSpan
            let hash = hasher.fold(query, in: packet.span, into: &target)
            if hash != hasher.hash(name) || Array(folded[..<query.nameLength]) != name.folded.wire {
                faults.append("the name is folded wrongly")
            }
            let records = (0..<round % 100).map {
                ResourceRecord(name, ttl: 5, .a(IPv4Address(rawValue: UInt32($0))))
            }
            let body = ReplyBody(to: name, answers: records, authorities: Array(records.prefix(1)))
            let room = round % 3 == 0 ? 0 : 2048
            let octets = Replying.octets(over: packet, room: room) {
                reply.write(to: query, body.octets.span, body.shape, into: &$0)
            }
            let limit = min(reply.limit, max(room, packet.count))
            if octets.count > limit { faults.append("a reply of \(octets.count) octets, over \(limit)") }
            let message = try Message(decoding: octets)
            if message.id != query.id { faults.append("another identifier") }
            if octets.count > query.questionEnd, message.questions.first?.name != name { faults.append("another name") }
            let isCut = message.answers.count < records.count
            if message.flags.contains(.truncated) != isCut { faults.append("TC is wrong") }
        } catch {
            faults.append("a reply cannot be read: \(error)")
        }
    }

    private func age(_ packet: [UInt8], _ round: Int) {
        var copy = packet
        let end = copy.count + round % 3 - 1
        var span = copy.mutableSpan
        RecordAges.age(&span, from: round % 40, to: end, by: UInt32(round))
    }
}
