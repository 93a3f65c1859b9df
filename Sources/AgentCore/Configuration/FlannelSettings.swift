import NetworkTypes

/// The settings that choose how packets reach other nodes.
struct FlannelSettings {
    /// `--flannel-conf`, if it was given.
    let file: FlannelFile?

    init(_ reader: SettingReader) throws(ConfigurationError) {
        file = reader.single("flannel-conf") == nil ? nil : try FlannelFile(path: reader.path("flannel-conf", or: ""))
    }

    func configuration(
        _ reader: SettingReader,
        _ node: NodeIdentity
    ) throws(ConfigurationError) -> FlannelConfiguration {
        let configuration = FlannelConfiguration(
            backend: try backend(reader),
            interface: try interface(reader),
            usesExternalAddresses: try reader.boolean("flannel-external-ip", or: false),
            ipv6Masquerade: try reader.boolean("flannel-ipv6-masq", or: false)
        )
        guard !configuration.usesExternalAddresses || !node.externalAddresses.isEmpty else {
            throw .configuration("flannel-external-ip needs node-external-ip: the address that peers are to use")
        }
        return configuration
    }

    private func backend(_ reader: SettingReader) throws(ConfigurationError) -> FlannelBackend {
        let value = reader.single("flannel-backend")
        let name = value?.text ?? file?.backendName ?? FlannelBackendName.vxlan.rawValue
        let setting = value == nil && file != nil ? "flannel-conf" : "flannel-backend"
        let origin = value?.origin ?? reader.single("flannel-conf")?.origin ?? .builtIn
        guard let backend = FlannelBackendName(rawValue: name) else {
            let names = FlannelBackendName.allCases.map(\.rawValue)
            throw .invalid(setting, at: origin, SettingReader.unknown(name, among: names))
        }
        guard backend.isBuilt else { throw .notBuilt("backend \(name)", chosenBy: setting, at: origin) }
        return backend == .none ? .none : .vxlan(file?.settings ?? VXLANSettings())
    }

    private func interface(_ reader: SettingReader) throws(ConfigurationError) -> String? {
        guard let value = reader.single("flannel-iface") else { return nil }
        let isName = (1...15).contains(value.text.utf8.count) && !value.text.contains { $0 == "/" || $0.isWhitespace }
        guard isName else { throw .invalid("flannel-iface", at: value.origin, "'\(value.text)' is no interface name") }
        return value.text
    }
}
