/// The cookie by which a client comes back to the endpoint that answered it before.
package enum StickyCookie {
    /// What the cookie is called and who gets to see it.
    package struct Settings: Hashable, Sendable {
        package enum SameSite: String, Hashable, Sendable, CaseIterable {
            case none = "None"
            case lax = "Lax"
            case strict = "Strict"
        }

        /// Nil stands for a name made of the service's.
        package var name: String?
        package var isSecure = false
        package var isHTTPOnly = false
        package var sameSite: SameSite?
        /// In seconds; below zero the cookie ends at once, at zero with the browser's session.
        package var maxAge = 0
        package var path = "/"
        package var domain: String?

        package init() {}
    }
}

extension StickyCookie {
    /// A name that somebody chose, with `_` for what no cookie's name may have (RFC 6265 section 4.1.1).
    static func cleanName(_ name: String) -> String {
        String(decoding: name.unicodeScalars.map { isToken($0) ? UInt8($0.value) : UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isToken(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        case "!", "#", "$", "%", "&", "'", "*", "+", "-", ".", "^", "`", "|", "~": true
        default: false
        }
    }
}
