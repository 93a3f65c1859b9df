import DNSWire

/// A question as it is sent to an upstream.
struct UpstreamQuery: Sendable {
    /// The largest payload that we take over UDP: crosses any network in one piece.
    static let payloadSize: UInt16 = 1232
    /// What padded questions are a multiple of, in octets: who sees their length learns little of the name (RFC 8467
    /// section 4.1).
    private static let block = 128

    let octets: [UInt8]
    /// Where in the octets the question ends, behind type and class.
    let questionEnd: Int
    /// Letters have a case at random, which the reply must repeat (draft-vixie-dnsext-dns0x20).
    let hasMixedCase: Bool
    let hasExtensions: Bool

    init(
        _ question: ForwardedQuestion,
        hasMixedCase: Bool,
        hasExtensions: Bool,
        isPadded: Bool = false,
        using generator: inout some RandomNumberGenerator
    ) {
        let name = hasMixedCase ? Self.mixed(question.name, using: &generator) : question.name
        var flags = HeaderFlags.recursionDesired
        if question.checkingDisabled { flags.insert(.checkingDisabled) }
        // We want to know (RFC 6840 section 5.7). What does not understand EDNS may stumble over this too.
        if hasExtensions { flags.insert(.authenticData) }
        var message = Message(
            id: UInt16.random(in: 0...UInt16.max, using: &generator),
            flags: flags,
            questions: [Question(name, question.type, class: question.recordClass)]
        )
        if hasExtensions {
            var extensions = EDNS(payloadSize: Self.payloadSize, dnssecOK: question.dnssecOK)
            message.edns = extensions
            if isPadded {
                // The option takes four octets of its own (RFC 7830 section 3).
                let rest = (message.encoded().count + 4) % Self.block
                let padding = (Self.block - rest) % Self.block
                extensions.options = [EDNSOption(.padding, Array(repeating: 0, count: padding))]
                message.edns = extensions
            }
        }
        octets = message.encoded()
        questionEnd = Query.nameOffset + name.wire.count + 4
        self.hasMixedCase = hasMixedCase
        self.hasExtensions = hasExtensions
    }

    private static func mixed(_ name: DNSName, using generator: inout some RandomNumberGenerator) -> DNSName {
        var bits: UInt64 = 0
        var left = 0
        var wire = name.wire
        for index in wire.indices where OctetCase.isLetter(wire[index]) {
            if left == 0 {
                bits = generator.next()
                left = 64
            }
            wire[index] ^= UInt8(truncatingIfNeeded: bits & 1) << 5
            bits >>= 1
            left -= 1
        }
        return (try? DNSName(wire: wire)) ?? name
    }
}

/// The case of octets as names have it: A…Z and a…z differ in one bit.
enum OctetCase {
    static func isLetter(_ octet: UInt8) -> Bool { (octet | 0x20) &- 0x61 < 26 }

    static func areEqual(_ left: UInt8, _ right: UInt8) -> Bool {
        left == right || left ^ right == 0x20 && isLetter(left)
    }
}
