/// The names of fields that are known here: common ones, and those that a proxy does something about.
///
/// A name is found without regard to case (RFC 9110 section 5.1). What is not among them is `other`, and known only by its
/// octets.
package enum FieldName: UInt8, CaseIterable, Hashable, Sendable {
    case other
    // What makes the frame of a message or belongs to one connection: read in every head.
    case host
    case contentLength
    case transferEncoding
    case connection
    case te
    case upgrade
    case expect
    // Others that belong to one connection.
    case http2Settings
    case keepAlive
    case proxyAuthenticate
    case proxyAuthorization
    case proxyConnection
    // What proxies tell each other and the service.
    case forwarded
    case maxForwards
    case via
    case xForwardedFor
    case xForwardedHost
    case xForwardedPort
    case xForwardedPrefix
    case xForwardedProto
    case xForwardedServer
    case xForwardedTLSClientCert
    case xForwardedTLSClientCertInfo
    case xForwardedUser
    case xRealIP
    case xRequestID
    case traceparent
    case tracestate
    // All the rest that is common.
    case accept
    case acceptCharset
    case acceptEncoding
    case acceptLanguage
    case acceptRanges
    case accessControlAllowCredentials
    case accessControlAllowHeaders
    case accessControlAllowMethods
    case accessControlAllowOrigin
    case accessControlExposeHeaders
    case accessControlMaxAge
    case accessControlRequestHeaders
    case accessControlRequestMethod
    case age
    case allow
    case authorization
    case cacheControl
    case contentDisposition
    case contentEncoding
    case contentLanguage
    case contentLocation
    case contentRange
    case contentSecurityPolicy
    case contentType
    case cookie
    case date
    case etag
    case expires
    case from
    case grpcMessage
    case grpcStatus
    case grpcTimeout
    case ifMatch
    case ifModifiedSince
    case ifNoneMatch
    case ifRange
    case ifUnmodifiedSince
    case lastModified
    case link
    case location
    case origin
    case pragma
    case priority
    case range
    case referer
    case referrerPolicy
    case retryAfter
    case secFetchDest
    case secFetchMode
    case secFetchSite
    case secFetchUser
    case secWebSocketAccept
    case secWebSocketExtensions
    case secWebSocketKey
    case secWebSocketProtocol
    case secWebSocketVersion
    case server
    case setCookie
    case strictTransportSecurity
    case trailer
    case upgradeInsecureRequests
    case userAgent
    case vary
    case wwwAuthenticate
    case xContentTypeOptions
    case xFrameOptions
    case xRequestedWith
    case xXSSProtection

    /// The name as it is usually written; empty for `other`.
    package var text: StaticString {
        switch self {
        case .other: ""
        case .host: "Host"
        case .contentLength: "Content-Length"
        case .transferEncoding: "Transfer-Encoding"
        case .connection: "Connection"
        case .te: "TE"
        case .upgrade: "Upgrade"
        case .expect: "Expect"
        case .http2Settings: "HTTP2-Settings"
        case .keepAlive: "Keep-Alive"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .proxyAuthorization: "Proxy-Authorization"
        case .proxyConnection: "Proxy-Connection"
        case .forwarded: "Forwarded"
        case .maxForwards: "Max-Forwards"
        case .via: "Via"
        case .xForwardedFor: "X-Forwarded-For"
        case .xForwardedHost: "X-Forwarded-Host"
        case .xForwardedPort: "X-Forwarded-Port"
        case .xForwardedPrefix: "X-Forwarded-Prefix"
        case .xForwardedProto: "X-Forwarded-Proto"
        case .xForwardedServer: "X-Forwarded-Server"
        case .xForwardedTLSClientCert: "X-Forwarded-TLS-Client-Cert"
        case .xForwardedTLSClientCertInfo: "X-Forwarded-TLS-Client-Cert-Info"
        case .xForwardedUser: "X-Forwarded-User"
        case .xRealIP: "X-Real-IP"
        case .xRequestID: "X-Request-ID"
        case .traceparent: "Traceparent"
        case .tracestate: "Tracestate"
        case .accept: "Accept"
        case .acceptCharset: "Accept-Charset"
        case .acceptEncoding: "Accept-Encoding"
        case .acceptLanguage: "Accept-Language"
        case .acceptRanges: "Accept-Ranges"
        case .accessControlAllowCredentials: "Access-Control-Allow-Credentials"
        case .accessControlAllowHeaders: "Access-Control-Allow-Headers"
        case .accessControlAllowMethods: "Access-Control-Allow-Methods"
        case .accessControlAllowOrigin: "Access-Control-Allow-Origin"
        case .accessControlExposeHeaders: "Access-Control-Expose-Headers"
        case .accessControlMaxAge: "Access-Control-Max-Age"
        case .accessControlRequestHeaders: "Access-Control-Request-Headers"
        case .accessControlRequestMethod: "Access-Control-Request-Method"
        case .age: "Age"
        case .allow: "Allow"
        case .authorization: "Authorization"
        case .cacheControl: "Cache-Control"
        case .contentDisposition: "Content-Disposition"
        case .contentEncoding: "Content-Encoding"
        case .contentLanguage: "Content-Language"
        case .contentLocation: "Content-Location"
        case .contentRange: "Content-Range"
        case .contentSecurityPolicy: "Content-Security-Policy"
        case .contentType: "Content-Type"
        case .cookie: "Cookie"
        case .date: "Date"
        case .etag: "ETag"
        case .expires: "Expires"
        case .from: "From"
        case .grpcMessage: "Grpc-Message"
        case .grpcStatus: "Grpc-Status"
        case .grpcTimeout: "Grpc-Timeout"
        case .ifMatch: "If-Match"
        case .ifModifiedSince: "If-Modified-Since"
        case .ifNoneMatch: "If-None-Match"
        case .ifRange: "If-Range"
        case .ifUnmodifiedSince: "If-Unmodified-Since"
        case .lastModified: "Last-Modified"
        case .link: "Link"
        case .location: "Location"
        case .origin: "Origin"
        case .pragma: "Pragma"
        case .priority: "Priority"
        case .range: "Range"
        case .referer: "Referer"
        case .referrerPolicy: "Referrer-Policy"
        case .retryAfter: "Retry-After"
        case .secFetchDest: "Sec-Fetch-Dest"
        case .secFetchMode: "Sec-Fetch-Mode"
        case .secFetchSite: "Sec-Fetch-Site"
        case .secFetchUser: "Sec-Fetch-User"
        case .secWebSocketAccept: "Sec-WebSocket-Accept"
        case .secWebSocketExtensions: "Sec-WebSocket-Extensions"
        case .secWebSocketKey: "Sec-WebSocket-Key"
        case .secWebSocketProtocol: "Sec-WebSocket-Protocol"
        case .secWebSocketVersion: "Sec-WebSocket-Version"
        case .server: "Server"
        case .setCookie: "Set-Cookie"
        case .strictTransportSecurity: "Strict-Transport-Security"
        case .trailer: "Trailer"
        case .upgradeInsecureRequests: "Upgrade-Insecure-Requests"
        case .userAgent: "User-Agent"
        case .vary: "Vary"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .xContentTypeOptions: "X-Content-Type-Options"
        case .xFrameOptions: "X-Frame-Options"
        case .xRequestedWith: "X-Requested-With"
        case .xXSSProtection: "X-XSS-Protection"
        }
    }

    /// Whether the field is about one connection and never passed on as it came (RFC 9110 section 7.6.1, RFC 9112 appendix
    /// C.2.2). `te` may be sent anew, for `trailers`.
    package var isOfConnection: Bool {
        switch self {
        case .transferEncoding, .connection, .te, .upgrade, .http2Settings, .keepAlive, .proxyAuthenticate,
            .proxyAuthorization, .proxyConnection:
            true
        default: false
        }
    }

    /// Whether a parser reads its value in every head: those from `host` to `expect`.
    @inline(__always)
    var isRead: Bool { rawValue &- FieldName.host.rawValue <= FieldName.expect.rawValue &- FieldName.host.rawValue }
}
