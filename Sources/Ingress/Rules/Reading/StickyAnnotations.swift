extension AnnotationReader.Lines {
    /// Reads `service.sticky.cookie` and what belongs to it. Each setting of the cookie also switches it on.
    mutating func sticky(_ name: String, _ value: String, _ settings: inout StickyCookie.Settings?) {
        guard name != "service.sticky.cookie" else {
            if flag(value) == true { settings = settings ?? StickyCookie.Settings() }
            return
        }
        var wanted = settings ?? StickyCookie.Settings()
        switch name {
        case "service.sticky.cookie.name": wanted.name = value.isEmpty ? nil : StickyCookie.cleanName(value)
        case "service.sticky.cookie.secure": wanted.isSecure = flag(value) ?? false
        case "service.sticky.cookie.httponly": wanted.isHTTPOnly = flag(value) ?? false
        case "service.sticky.cookie.samesite": wanted.sameSite = sameSite(value)
        case "service.sticky.cookie.maxage": wanted.maxAge = seconds(value)
        case "service.sticky.cookie.path": wanted.path = attribute(value) ?? "/"
        case "service.sticky.cookie.domain": wanted.domain = attribute(value)
        default:
            complainOfUnknown(name, of: "service")
            return
        }
        settings = wanted
    }

    private mutating func sameSite(_ text: String) -> StickyCookie.Settings.SameSite? {
        let found = StickyCookie.Settings.SameSite.allCases.first { $0.rawValue.lowercased() == text.lowercased() }
        if found == nil { complain("'\(text)' is none of none, lax and strict; the attribute is left out") }
        return found
    }

    private mutating func seconds(_ text: String) -> Int {
        if let number = Int(text) { return number }
        complain("'\(text)' is no whole number of seconds; the cookie ends with the browser's session")
        return 0
    }

    /// The value of an attribute of a cookie (RFC 6265 section 4.1.1).
    private mutating func attribute(_ text: String) -> String? {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ";") }) {
            return text.isEmpty ? nil : text
        }
        complain("'\(text)' has signs that no cookie may have; it is left out")
        return nil
    }
}
