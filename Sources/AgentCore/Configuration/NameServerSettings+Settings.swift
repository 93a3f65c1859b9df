import ClusterDNS

extension SettingReader {
    /// The servers that are asked for names outside the cluster.
    func nameServers() throws(ConfigurationError) -> NameServerSettings {
        NameServerSettings(
            file: try path("resolv-conf", or: "/etc/resolv.conf"),
            servers: try upstreams(),
            authorityFile: single("dns-cafile") == nil ? nil : try path("dns-cafile", or: "")
        )
    }

    private func upstreams() throws(ConfigurationError) -> [Upstream] {
        var upstreams: [Upstream] = []
        for value in given["dns-upstream"] {
            let upstream: Upstream
            do throws(UpstreamSyntaxError) {
                upstream = try Upstream(parsing: value.text)
            } catch {
                throw .invalid("dns-upstream", at: value.origin, "\(error)")
            }
            if let reason = ResolverConfiguration.Reason(for: upstream, []) {
                throw .invalid("dns-upstream", at: value.origin, "\(upstream): \(reason)")
            }
            guard !upstreams.contains(upstream) else {
                throw .configuration("\(value.origin): dns-upstream: \(upstream) is given twice")
            }
            upstreams.append(upstream)
        }
        guard upstreams.count <= ResolverConfiguration.most else {
            throw .configuration(
                "\(origin(of: "dns-upstream")): dns-upstream has \(upstreams.count) servers; more than"
                    + " \(ResolverConfiguration.most) cannot be tried before clients give up"
            )
        }
        return upstreams
    }
}
