import HTTPWire
import NetworkTypes

/// What the access log says of a request's head, which is gone when its response is complete. Long values are cut.
final class AccessHead: Sendable {
    /// When it came, in seconds since 1970.
    let time: Double
    let client: IPAddress
    let entryPoint: EntryPoint
    let secure: SecureSuite?
    let method: String
    /// As it came, with its query.
    let target: String
    /// `HTTP/1.1`
    let version: String
    /// Host and port as the client wrote them; empty if it named none.
    let authority: String
    let userAgent: String?
    let referer: String?
    /// As the client sent it: none is made up for it.
    let requestID: String?
    /// Whom the client says it is by Basic authentication.
    let user: String?

    init(_ head: RequestHead, in octets: Span<UInt8>, of client: borrowing ClientConnection, at time: Double) {
        self.time = time
        self.client = client.address.withoutMapping
        entryPoint = client.entryPoint
        secure = client.secure
        method = Self.text(octets, head.methodRange, atMost: 32)
        target = Self.text(octets, head.target, atMost: 2_048)
        version = client.isMultiplexed ? "HTTP/2.0" : "HTTP/1.\(head.minorVersion)"
        authority = head.authority.map { Self.text(octets, $0, atMost: 260) } ?? ""
        userAgent = head.fields.first(.userAgent).map { Self.text(octets, $0.valueRange, atMost: 512) }
        referer = head.fields.first(.referer).map { Self.text(octets, $0.valueRange, atMost: 1_024) }
        requestID = head.fields.first(.xRequestID).map { Self.text(octets, $0.valueRange, atMost: 128) }
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
        (method, target, authority) = ("-", "-", "")
        version = client.isMultiplexed ? "HTTP/2.0" : "HTTP/1.1"
        (userAgent, referer, requestID, user) = (nil, nil, nil, nil)
    }

    private static func text(_ octets: Span<UInt8>, _ range: Range<Int>, atMost limit: Int) -> String {
        String(decoding: range.prefix(limit).map { octets[$0] }, as: UTF8.self)
    }
}
