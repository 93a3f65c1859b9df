import Crypto
import HTTPWire

/// What tells whoever asks for a WebSocket that the answer is one to this question (RFC 6455 section 4.1).
struct WebSocketKey {
    /// Base64 of 16 octets.
    let octets: [UInt8]

    private init(_ octets: [UInt8]) { self.octets = octets }

    static func random() -> WebSocketKey {
        var generator = SystemRandomNumberGenerator()
        return WebSocketKey(Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }))
    }

    /// The one that a request names; nil if it names none.
    init?(of head: RequestHead, in octets: Span<UInt8>) {
        guard let range = head.fields.first(.secWebSocketKey)?.valueRange else { return nil }
        self.init(range.map { octets[$0] })
    }

    /// Whether a head of status 101 begins a WebSocket, and is by somebody who has seen the key.
    func isAccepted(by head: ResponseHead, in octets: Span<UInt8>) -> Bool {
        guard let name = head.upgradeProtocol, name.map({ octets[$0] | 0x20 }) == Self.name else { return false }
        let answers = (0..<head.fields.count).map { head.fields[$0] }.filter { $0.name == .secWebSocketAccept }
        return answers.count == 1 && answers[0].valueRange.map { octets[$0] } == answer
    }

    /// What who has seen it says (RFC 6455 section 4.2.2).
    var answer: [UInt8] { Base64.encode(Array(Insecure.SHA1.hash(data: octets + Self.suffix))) }

    private static let name = Array("websocket".utf8)
    private static let suffix = Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)
}
