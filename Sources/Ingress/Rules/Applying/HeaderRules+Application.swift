extension HeaderRules {
    /// Whether a host is among the allowed ones.
    func isAllowed(_ host: [UInt8], _ port: UInt16?) -> Bool {
        guard !allowedHosts.isEmpty else { return true }
        let whole = port.map { host + Array(":\($0)".utf8) } ?? host
        return allowedHosts.contains { $0 == host || $0 == whole }
    }
}

extension CrossOriginRules {
    /// What a browser is told that asks before it sends a page's request.
    func preflightAnswer(to origin: [UInt8], method: [UInt8], headers: [UInt8]) -> LocalAnswer {
        var edits = FieldEdits()
        if allowsCredentials { edits.set("Access-Control-Allow-Credentials", "true") }
        if let value = allowed(self.headers, asked: headers) { edits.set("Access-Control-Allow-Headers", value) }
        if let value = allowed(methods, asked: method) { edits.set("Access-Control-Allow-Methods", value) }
        if let maxAge { edits.set("Access-Control-Max-Age", "\(maxAge)") }
        editOrigin(&edits, for: origin)
        editExposed(&edits)
        return LocalAnswer(200, fields: edits.added, body: [], reason: "preflight request")
    }

    /// What a response is given.
    func edit(_ edits: inout FieldEdits, for origin: [UInt8]) {
        if allowsCredentials { edits.set("Access-Control-Allow-Credentials", "true") }
        editOrigin(&edits, for: origin)
        editExposed(&edits)
    }

    /// With credentials `*` means nothing to browsers: then what was asked for stands in its place.
    private func allowed(_ words: [String], asked: [UInt8]) -> [UInt8]? {
        guard !words.isEmpty else { return nil }
        guard allowsCredentials, words.contains("*") else { return Array(words.joined(separator: ",").utf8) }
        return asked.isEmpty ? nil : asked
    }

    /// Where the value depends on who asks, caches are told.
    private func editOrigin(_ edits: inout FieldEdits, for origin: [UInt8]) {
        let isListed = origins.contains { $0.utf8.elementsEqual(origin) }
        let isAny = origins.contains("*")
        if isListed || isAny && allowsCredentials && !origin.isEmpty {
            edits.set("Access-Control-Allow-Origin", origin)
        } else if isAny && !allowsCredentials {
            edits.set("Access-Control-Allow-Origin", "*")
        }
        if addsVary || isAny && allowsCredentials || origins.contains(where: { $0 != "*" }) {
            edits.add("Vary", Array("Origin".utf8))
        }
    }

    private func editExposed(_ edits: inout FieldEdits) {
        guard !exposedHeaders.isEmpty, !(allowsCredentials && exposedHeaders.contains("*")) else { return }
        edits.set("Access-Control-Expose-Headers", exposedHeaders.joined(separator: ","))
    }
}
