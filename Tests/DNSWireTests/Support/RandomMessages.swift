import DNSWire
import NetworkTypes
import SeededNumbers

/// Messages of every shape that can be written.
struct RandomMessages {
    var generator: SeededNumbers
    /// Few, so that names share ancestors and are compressed.
    private var known: [DNSName] = [.root]

    init(seed: UInt64) {
        generator = SeededNumbers(seed: seed)
    }

    mutating func message() -> Message {
        var message = Message(
            id: number(),
            opcode: Opcode(rawValue: UInt8.random(in: 0...15, using: &generator)),
            flags: HeaderFlags(rawValue: number()).intersection(HeaderFlags(rawValue: 0x87f0)),
            code: ResponseCode(rawValue: number()),
            questions: (0..<Int.random(in: 0...2, using: &generator)).map { _ in Question(name(), type(), class: .in) },
            answers: records(),
            authorities: records(),
            additionals: records()
        )
        if Bool.random(using: &generator) { message.edns = edns() }
        // Without an OPT record there is no place for more than four bits.
        if message.edns == nil { message.code = ResponseCode(rawValue: message.code.rawValue & 0xf) }
        return message
    }

    mutating func name() -> DNSName {
        let parent = known.randomElement(using: &generator) ?? .root
        guard Int.random(in: 0..<3, using: &generator) > 0 else { return parent }
        let octets = octets(1...(Bool.random(using: &generator) ? 3 : 63))
        // A refused name would cost far more than one that is made.
        guard parent.wire.count + 1 + octets.count <= DNSName.maximumLength, let name = try? parent.prepending(octets)
        else { return parent }
        known.append(name)
        if known.count > 20 { known.remove(at: Int.random(in: 0..<known.count, using: &generator)) }
        return name
    }

    private mutating func records() -> [ResourceRecord] {
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            ResourceRecord(name(), ttl: UInt32.random(in: 0...0x7fff_ffff, using: &generator), data())
        }
    }

    private mutating func data() -> RecordData {
        switch Int.random(in: 0..<11, using: &generator) {
        case 0: .a(IPv4Address(rawValue: number()))
        case 1: .aaaa(IPv6Address(rawValue: number()))
        case 2: .ns(name())
        case 3: .cname(name())
        case 4: .ptr(name())
        case 5:
            .soa(
                StartOfAuthority(
                    primary: name(),
                    mailbox: name(),
                    serial: number(),
                    refresh: number(),
                    retry: number(),
                    expire: number(),
                    minimum: number()
                )
            )
        case 6: .srv(ServiceLocation(priority: number(), weight: number(), port: number(), target: name()))
        case 7: .mx(preference: number(), exchange: name())
        case 8: .txt((0..<Int.random(in: 1...3, using: &generator)).map { _ in octets(0...255) })
        case 9: .hinfo(processor: octets(0...255), system: octets(0...255))
        default: .other(RecordType(rawValue: UInt16.random(in: 256...65535, using: &generator)), octets(0...300))
        }
    }

    private mutating func edns() -> EDNS {
        EDNS(
            payloadSize: number(),
            version: number(),
            dnssecOK: Bool.random(using: &generator),
            options: (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                EDNSOption(OptionCode(rawValue: number()), octets(0...40))
            }
        )
    }

    private mutating func type() -> RecordType { RecordType(rawValue: number()) }

    private mutating func octets(_ counts: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: counts, using: &generator)).map { _ in number() }
    }

    private mutating func number<Number: FixedWidthInteger & UnsignedInteger>() -> Number {
        Number.random(in: .min ... .max, using: &generator)
    }
}
