extension HeaderRules {
    /// `spec.headers`
    init(_ fields: inout SpecReader) throws(SpecFault) {
        if fields.isEmpty { fields.ignoreAll("nothing is set, so nothing is done") }
        for (name, text) in try fields.customFields("customRequestHeaders") {
            switch (name.lowercased(), text.isEmpty) {
            case ("host", true): fields.remark("customRequestHeaders.\(name)", "requests need a host; remove this")
            case ("host", false):
                guard FieldSyntax.isHost(text.utf8) else {
                    throw fields.fault("customRequestHeaders.\(name)", "'\(text)' is no host; write NAME or NAME:PORT")
                }
                host = Array(text.utf8)
            default:
                request.edit(name, text)
            }
        }
        for (name, text) in try fields.customFields("customResponseHeaders") { response.edit(name, text) }
        crossOrigin = try CrossOriginRules(&fields)
        let isDevelopment = try fields.flag("isDevelopment")
        try readStrictTransport(&fields, isDevelopment: isDevelopment)
        let hosts = try fields.texts("allowedHosts").map { Array($0.trimmed.lowercased().utf8) }
        allowedHosts = isDevelopment ? [] : hosts
        try readProtections(&fields)
        fields.readRetired()
    }

    private mutating func readStrictTransport(
        _ fields: inout SpecReader,
        isDevelopment: Bool
    ) throws(SpecFault) {
        let seconds = try fields.integer("stsSeconds") ?? 0
        guard seconds >= 0 else { throw fields.fault("stsSeconds", "write a number of seconds") }
        let withSubdomains = try fields.flag("stsIncludeSubdomains") ? "; includeSubDomains" : ""
        let preload = try fields.flag("stsPreload") ? "; preload" : ""
        forcesStrictTransport = try fields.flag("forceSTSHeader")
        guard seconds > 0, !isDevelopment else { return }
        strictTransport = Array("max-age=\(seconds)\(withSubdomains)\(preload)".utf8)
    }

    /// The fields that tell browsers what to be careful of. An own text goes before the flag of the same field.
    private mutating func readProtections(_ fields: inout SpecReader) throws(SpecFault) {
        let deniesFrames = try fields.flag("frameDeny")
        let filters = try fields.flag("browserXssFilter")
        let isNoSniff = try fields.flag("contentTypeNosniff")
        let values = [
            ("X-Frame-Options", try fields.fieldValue("customFrameOptionsValue") ?? (deniesFrames ? "DENY" : nil)),
            ("X-XSS-Protection", try fields.fieldValue("customBrowserXSSValue") ?? (filters ? "1; mode=block" : nil)),
            ("X-Content-Type-Options", isNoSniff ? "nosniff" : nil),
            ("Content-Security-Policy", try fields.fieldValue("contentSecurityPolicy")),
            ("Content-Security-Policy-Report-Only", try fields.fieldValue("contentSecurityPolicyReportOnly")),
            ("Referrer-Policy", try fields.fieldValue("referrerPolicy")),
            ("Permissions-Policy", try fields.fieldValue("permissionsPolicy")),
        ]
        for case (let name, let value?) in values { response.set(name, value) }
    }
}

extension FieldEdits {
    /// What a name with a text asks for: an empty text takes the field out.
    fileprivate mutating func edit(_ name: String, _ text: String) {
        if text.isEmpty { remove(name) } else { set(name, text) }
    }
}

extension SpecReader {
    fileprivate mutating func customFields(_ name: String) throws(SpecFault) -> [(name: String, text: String)] {
        var result: [(name: String, text: String)] = []
        for (key, written) in try textsByName(name) {
            let text = written.trimmed
            guard FieldSyntax.isName(key) else { throw fault(name, "no field can be called '\(key)'") }
            guard FieldSyntax.isValue(text.utf8) else {
                throw fault("\(name).\(key)", "the value has a line break or another control; take it out")
            }
            if FieldSyntax.isFraming(key) {
                remark("\(name).\(key)", "this field delimits messages, so only the proxy writes it; remove it")
            } else {
                result.append((key, text))
            }
        }
        return result
    }

    /// A text that becomes a field's value; nil if it is empty.
    fileprivate mutating func fieldValue(_ name: String) throws(SpecFault) -> String? {
        guard let text = try text(name)?.trimmed, !text.isEmpty else { return nil }
        guard FieldSyntax.isValue(text.utf8) else {
            throw fault(name, "the value has a line break or another control; take it out")
        }
        return text
    }

    /// Fields that Traefik has had, or that mean nothing here.
    fileprivate mutating func readRetired() {
        let retired = [
            ("sslRedirect", "it has no effect in Traefik 3; use a redirectScheme middleware"),
            ("sslTemporaryRedirect", "it has no effect in Traefik 3; use a redirectScheme middleware"),
            ("sslHost", "it has no effect in Traefik 3; use a redirectScheme middleware"),
            ("sslForceHost", "it has no effect in Traefik 3; use a redirectScheme middleware"),
            ("featurePolicy", "it has no effect in Traefik 3; use permissionsPolicy"),
            ("publicKey", "browsers have given up public key pinning; remove it"),
            ("sslProxyHeaders", "X-Forwarded-Proto counts if a trusted proxy sends it, and nothing else; remove this"),
            ("hostsProxyHeaders", "allowedHosts are compared with Host alone; remove this"),
            ("accessControlAllowOriginListRegex", "patterns are not read; list the origins instead"),
        ]
        for (name, message) in retired where value(name) != nil { remark(name, message) }
    }
}
