import DNSWire
import SeededNumbers

/// Packets that are nearly right: real ones with octets changed, cut, moved, or joined to others.
struct PacketMutator {
    var generator: SeededNumbers
    private var random: RandomMessages

    init(seed: UInt64) {
        generator = SeededNumbers(seed: seed)
        random = RandomMessages(seed: ~seed)
    }

    mutating func packet() -> [UInt8] {
        var packet = original()
        // Few changes mostly: what has many is refused before it is interesting.
        let most = Int.random(in: 0...6, using: &generator)
        for _ in 0..<Int.random(in: 0...most, using: &generator) { mutate(&packet) }
        return packet
    }

    private mutating func original() -> [UInt8] {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: Samples.all.randomElement(using: &generator) ?? []
        case 1...3: query(random.message())
        default: random.message().encoded(limit: Int.random(in: 12...1232, using: &generator))
        }
    }

    /// A query, with what a client may add to it.
    private mutating func query(_ message: Message) -> [UInt8] {
        let flags = message.flags.subtracting(.response)
        let question = Question(random.name(), RecordType(rawValue: UInt16.random(in: 1...260, using: &generator)))
        return Message(id: message.id, flags: flags, questions: [question], edns: message.edns).encoded(limit: 4096)
    }

    /// Octets that mean something: pointers, the longest labels, the limits of counts and lengths.
    private static let telling: [UInt8] = [0, 1, 2, 12, 29, 41, 63, 64, 127, 128, 191, 192, 255]

    private mutating func mutate(_ packet: inout [UInt8]) {
        guard let place = packet.indices.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: packet[place] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        case 1: packet[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 2: packet[place] = Self.telling.randomElement(using: &generator) ?? 0
        case 3: packet.removeSubrange(place...)
        case 4: packet.remove(at: place)
        case 5: packet.insert(contentsOf: packet[..<min(place, 40)], at: place)
        case 6: point(packet.indices.randomElement(using: &generator) ?? 0, at: place, in: &packet)
        // The counts, which lie more often than chance would have them.
        default: if packet.count >= 12 { packet[Int.random(in: 5..<12, using: &generator)] &+= 1 }
        }
    }

    private func point(_ target: Int, at place: Int, in packet: inout [UInt8]) {
        guard place + 1 < packet.count else { return }
        packet[place] = 0xc0 | UInt8(target >> 8 & 0x3f)
        packet[place + 1] = UInt8(target & 0xff)
    }
}
