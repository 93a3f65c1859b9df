import DNSWire

/// What a packet from an upstream is to the question that was sent.
enum UpstreamReply: Sendable {
    /// No reply to it: somebody may be guessing. The wait goes on (RFC 5452 section 9.1).
    case foreign
    /// The question has not the case that was sent: asked again over TCP, nobody can have guessed the reply.
    case mistrusted
    /// There is more of it over TCP. What came is for those who can do with it.
    case truncated(UpstreamAnswer?)
    /// It seems not to understand EDNS.
    case withoutExtensions(ResponseCode)
    case fault(UpstreamFault, ResponseCode, ExtendedReason? = nil)
    case answer(UpstreamAnswer)

    /// - Parameter home: the zones that are ours.
    init(
        _ packet: Span<UInt8>,
        to query: UpstreamQuery,
        for question: ForwardedQuestion,
        home: OwnZones? = nil
    ) {
        let sent = query.octets.span
        guard packet.count >= 12, packet[0] == sent[0], packet[1] == sent[1], packet[2] & 0xf8 == 0x80 else {
            self = .foreign
            return
        }
        let counts = (4..<12).map { packet[$0] }
        switch Self.compare(packet, counts, query) {
        case .other:
            self = .foreign
            return
        case .caseDiffers:
            self = .mistrusted
            return
        case .same: break
        }
        let message = try? Message(decoding: packet)
        if packet[2] & 0x02 != 0 {
            self = .truncated(message.flatMap { try? UpstreamAnswer($0, to: question, home: home) })
        } else if let message {
            self.init(message, hasExtensions: query.hasExtensions, question, home)
        } else {
            self = .fault(.malformed, ResponseCode(rawValue: UInt16(packet[3] & 0xf)))
        }
    }

    private init(_ message: Message, hasExtensions: Bool, _ question: ForwardedQuestion, _ home: OwnZones?) {
        let code = message.code
        switch code {
        case .noError, .nameError:
            do throws(UpstreamAnswer.Unusable) {
                self = .answer(try UpstreamAnswer(message, to: question, home: home))
            } catch {
                self = .fault(error.fault, code)
            }
        case .formatError, .notImplemented, .badVersion:
            self = hasExtensions ? .withoutExtensions(code) : .fault(.refused(code), code)
        default: self = .fault(.refused(code), code, code == .serverFailure ? ExtendedReason(message) : nil)
        }
    }

    private enum Likeness {
        case same
        case caseDiffers
        case other
    }

    /// Whether the reply has the question that was sent. Errors may come without it, if nothing else is in them.
    private static func compare(_ packet: Span<UInt8>, _ counts: [UInt8], _ query: UpstreamQuery) -> Likeness {
        if counts.allSatisfy({ $0 == 0 }) {
            let code = ResponseCode(rawValue: UInt16(packet[3] & 0xf))
            return [.formatError, .serverFailure, .notImplemented, .refused].contains(code) ? .same : .other
        }
        guard counts[0] == 0, counts[1] == 1, packet.count >= query.questionEnd else { return .other }
        let sent = query.octets.span
        var isSame = true
        for offset in Query.nameOffset..<query.questionEnd where packet[offset] != sent[offset] {
            guard offset < query.questionEnd - 4, OctetCase.areEqual(packet[offset], sent[offset]) else {
                return .other
            }
            isSame = false
        }
        return isSame || !query.hasMixedCase ? .same : .caseDiffers
    }
}
