/// A frame of HTTP/2 (RFC 9113 section 4.1), whatever it says. It shares nothing with the code under test.
package struct PeerFrame: Sendable {
    package enum Kind: UInt8, Sendable {
        case data, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    package let kind: Kind
    package var flags: UInt8 = 0
    package var stream: UInt32 = 0
    package var payload: [UInt8] = []

    package init(_ kind: Kind, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) {
        (self.kind, self.flags, self.stream, self.payload) = (kind, flags, stream, payload)
    }

    /// What a client's connection begins with (RFC 9113 section 3.4), before its SETTINGS.
    package static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// - Parameter initialWindow: how many octets of each response the client takes before it says more.
    package static func settings(initialWindow: UInt32 = 65_535) -> PeerFrame {
        PeerFrame(.settings, [0, 4] + octets(initialWindow))
    }

    package static func windowUpdate(stream: UInt32 = 0, _ count: UInt32) -> PeerFrame {
        PeerFrame(.windowUpdate, stream: stream, octets(count))
    }

    /// A request for the root of a host: `GET`, or `POST` whose body is to come. Nothing of it is compressed but what is in
    /// the static table (RFC 7541 appendix A).
    ///
    /// - Parameter isWhole: false leaves it open whether further fields come in a CONTINUATION.
    package static func request(
        _ host: String,
        stream: UInt32,
        hasBody: Bool = false,
        isWhole: Bool = true
    ) -> PeerFrame {
        let authority = [0x01, UInt8(host.utf8.count)] + Array(host.utf8)
        let fields = [hasBody ? 0x83 : 0x82, 0x84, 0x86] + authority
        return PeerFrame(.headers, flags: (hasBody ? 0 : 1) | (isWhole ? 4 : 0), stream: stream, fields)
    }

    package var octets: [UInt8] {
        let length = Array(Self.octets(UInt32(payload.count)).dropFirst())
        return length + [kind.rawValue, flags] + Self.octets(stream) + payload
    }

    private static func octets(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }
}

extension PeerConnection {
    package func send(_ frames: PeerFrame...) { send(frames.flatMap(\.octets)) }

    /// The next frame.
    package func readFrame() throws -> PeerFrame {
        func number(_ octets: some Sequence<UInt8>) -> UInt32 { octets.reduce(0) { $0 << 8 | UInt32($1) } }
        let head = try read(9)
        guard let kind = PeerFrame.Kind(rawValue: head[3]) else { throw NothingCame(wanted: "a frame", seen: head) }
        let payload = try read(Int(number(head[..<3])))
        return PeerFrame(kind, flags: head[4], stream: number(head[5...]), payload)
    }

    /// The next frame of a kind; what comes before it is passed over.
    ///
    /// - Parameter flags: which it has to have; any if not given.
    @discardableResult
    package func readFrame(_ kind: PeerFrame.Kind, flags: UInt8? = nil) throws -> PeerFrame {
        while true {
            let frame = try readFrame()
            if frame.kind == kind, flags == nil || frame.flags == flags { return frame }
        }
    }

    /// Waits for the word that the other end has read our SETTINGS: it says nothing more then unless something happens.
    package func readAcknowledgement() throws { try readFrame(.settings, flags: 1) }
}
