extension SettingReader {
    /// How etcd is reached; nil without endpoints.
    ///
    /// - Parameter notices: is told what works and should not be so.
    func etcd(_ notices: inout [String]) throws(ConfigurationError) -> EtcdSettings? {
        guard !given["etcd-endpoints"].isEmpty else { return nil }
        var endpoints: [String] = []
        for value in given["etcd-endpoints"] {
            let endpoint = value.text.hasSuffix("/") ? String(value.text.dropLast()) : value.text
            // The value is not repeated: it may hold a password.
            guard !endpoint.contains("@") else {
                throw .invalid(
                    "etcd-endpoints",
                    at: value.origin,
                    "a URL has an account in it: give that by etcd-username and etcd-password-file"
                )
            }
            guard endpoint.wholeMatch(of: /https?:\/\/(\[[0-9a-fA-F:.]+\]|[^\/:@?#\s\[\]]+)(:[0-9]{1,5})?/) != nil
            else {
                throw .invalid("etcd-endpoints", at: value.origin, "'\(value.text)' is no http:// or https:// URL")
            }
            guard !endpoints.contains(endpoint) else {
                throw .configuration("\(value.origin): etcd-endpoints: \(endpoint) is given twice")
            }
            endpoints.append(endpoint)
        }
        let certificate = try pair("etcd-certfile", "etcd-keyfile", isFile: true).map {
            EtcdSettings.ClientCertificate(certificateFile: $0, keyFile: $1)
        }
        let account = try pair("etcd-username", "etcd-password-file", isFile: false).map {
            EtcdSettings.Account(user: $0, passwordFile: $1)
        }
        let authority = single("etcd-cafile") == nil ? nil : try path("etcd-cafile", or: "")
        if !endpoints.contains(where: { $0.hasPrefix("https:") }), authority != nil || certificate != nil {
            throw .configuration(
                "\(origin(of: "etcd-endpoints")): etcd-endpoints has no https:// URL, so etcd-cafile, etcd-certfile and "
                    + "etcd-keyfile would not be used"
            )
        }
        if let plain = endpoints.first(where: { $0.hasPrefix("http:") }), account != nil {
            notices.append("etcd-username: the password travels to \(plain) as plain text")
        }
        return EtcdSettings(
            endpoints: endpoints,
            prefix: try path("etcd-prefix", or: "/coreos.com/network"),
            authorityFile: authority,
            certificate: certificate,
            account: account
        )
    }

    /// Two settings of which one is no use without the other; the second is a path, and the first if `isFile`.
    private func pair(
        _ first: String,
        _ second: String,
        isFile: Bool
    ) throws(ConfigurationError) -> (String, String)? {
        switch (single(first), single(second)) {
        case (nil, nil): return nil
        case (.some, .some):
            return (isFile ? try path(first, or: "") : try text(first, or: ""), try path(second, or: ""))
        case (let one, _):
            let (given, missing) = one == nil ? (second, first) : (first, second)
            throw .configuration("\(origin(of: given)): \(given) is given without \(missing)")
        }
    }
}
