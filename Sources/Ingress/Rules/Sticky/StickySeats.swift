/// Which endpoint each value of a backend's cookie stands for. Immutable, made with the backend.
package struct StickySeats: Hashable, Sendable {
    /// Where a cookie leads.
    package struct Seat: Hashable, Sendable {
        /// The endpoint's place among those of the backend.
        package let endpoint: Int
        /// Whether the cookie is of an old form and should be replaced.
        package let isOld: Bool
    }

    /// The cookie's name.
    package let name: [UInt8]
    private let settings: StickyCookie.Settings
    private let values: [String]
    private let seats: [[UInt8]: Seat]

    /// `urls` are those of the endpoints, in their order: `http://10.42.0.7:8080`, IPv6 addresses between brackets.
    package init(_ settings: StickyCookie.Settings, service: String, urls: [String]) {
        self.settings = settings
        name = Array((settings.name ?? StickyCookie.defaultName(for: service)).utf8)
        values = urls.map { StickyCookie.value(for: $0) }
        var seats: [[UInt8]: Seat] = [:]
        for (endpoint, url) in urls.enumerated() {
            for old in StickyCookie.oldValues(for: url) {
                seats[Array(old.utf8)] = Seat(endpoint: endpoint, isOld: true)
            }
        }
        for (endpoint, value) in values.enumerated() {
            seats[Array(value.utf8)] = Seat(endpoint: endpoint, isOld: false)
        }
        self.seats = seats
    }

    /// The endpoint that one line of `Cookie` asks for; nil if it has no cookie of the name, or one of an endpoint that is
    /// gone.
    package func seat(in cookies: Span<UInt8>) -> Seat? {
        guard let range = CookieText.value(of: name.span, in: cookies) else { return nil }
        var value: [UInt8] = []
        value.reserveCapacity(range.count)
        for index in range { value.append(cookies[index]) }
        return seats[value]
    }

    /// The value of `Set-Cookie` that brings the client back to an endpoint.
    package func cookie(for endpoint: Int) -> [UInt8] {
        var text = "\(String(decoding: name, as: UTF8.self))=\(values[endpoint]); Path=\(settings.path)"
        if let domain = settings.domain { text += "; Domain=\(domain)" }
        if settings.maxAge != 0 { text += "; Max-Age=\(max(0, settings.maxAge))" }
        if settings.isHTTPOnly { text += "; HttpOnly" }
        if settings.isSecure { text += "; Secure" }
        if let sameSite = settings.sameSite { text += "; SameSite=\(sameSite.rawValue)" }
        return Array(text.utf8)
    }
}
