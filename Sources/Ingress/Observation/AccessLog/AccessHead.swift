import HTTPWire
import NetworkTypes

/// What the access log says of a request's head, which is gone when its response is complete. Long values are cut.
final class AccessHead: Sendable {
    /// When it came, in seconds since 1970.
    let time: Double
    let client: IPAddress
    let entryPoint: EntryPoint
    let secure: SecureSuite?
    /// `HTTP/1.1`
    let version: StaticString
    /// What the ranges below are of.
    let octets: [UInt8]
    let method: Range<Int>
    /// As it came, with its query.
    let target: Range<Int>
    /// Host and port as the client wrote them; empty if it named none.
    let authority: Range<Int>
    let userAgent: Range<Int>?
    let referer: Range<Int>?
    /// As the client sent it: none is made up for it.
    let requestID: Range<Int>?
    /// Whom the client says it is by Basic authentication.
    let user: String?

    init(_ head: RequestHead, in octets: Span<UInt8>, of client: borrowing ClientConnection, at time: Double) {
        self.time = time
        self.client = client.address.withoutMapping
        entryPoint = client.entryPoint
        secure = client.secure
        version = client.isMultiplexed ? "HTTP/2.0" : head.minorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1"
        let agent = head.fields.first(.userAgent)?.valueRange
        let referrer = head.fields.first(.referer)?.valueRange
        let identifier = head.fields.first(.xRequestID)?.valueRange
        var kept: [UInt8] = []
        // As much as is kept of most heads.
        kept.reserveCapacity(192)
        method = Self.keep(octets, head.methodRange, atMost: 32, in: &kept)
        target = Self.keep(octets, head.target, atMost: 2_048, in: &kept)
        authority = Self.keep(octets, head.authority ?? 0..<0, atMost: 260, in: &kept)
        userAgent = agent.map { Self.keep(octets, $0, atMost: 512, in: &kept) }
        referer = referrer.map { Self.keep(octets, $0, atMost: 1_024, in: &kept) }
        requestID = identifier.map { Self.keep(octets, $0, atMost: 128, in: &kept) }
        self.octets = kept
        user = head.fields.first(.authorization).flatMap { field in
            BasicCredentials([field.valueRange.map { octets[$0] }])?.user
        }
    }

    /// A request whose head cannot be read.
    init(unreadableFrom client: borrowing ClientConnection, at time: Double) {
        self.time = time
        self.client = client.address.withoutMapping
        entryPoint = client.entryPoint
        secure = client.secure
        version = client.isMultiplexed ? "HTTP/2.0" : "HTTP/1.1"
        octets = [UInt8(ascii: "-")]
        (method, target, authority) = (0..<1, 0..<1, 0..<0)
        (userAgent, referer, requestID, user) = (nil, nil, nil, nil)
    }

    /// Returns where the first octets of a range are from now on.
    private static func keep(
        _ octets: Span<UInt8>,
        _ range: Range<Int>,
        atMost limit: Int,
        in kept: inout [UInt8]
    ) -> Range<Int> {
        let piece = octets.extracting(range.prefix(limit))
        let start = kept.count
        kept.append(addingCapacity: piece.count) { $0.append(piece) }
        return start..<kept.count
    }
}
