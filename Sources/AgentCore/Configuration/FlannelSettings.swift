import NetworkTypes
import Overlay

/// The settings that choose how packets reach other nodes.
struct FlannelSettings {
    /// What the cluster's nodes share, else `--flannel-conf`, if it was given.
    let file: FlannelFile?
    private let own: FlannelFile?

    init(_ reader: SettingReader, _ rules: NetworkRules?) throws(ConfigurationError) {
        own =
            if reader.single("flannel-conf") == nil {
                nil
            } else {
                try FlannelFile(
                    path: reader.path("flannel-conf", or: ""),
                    givenAt: reader.origin(of: "flannel-conf")
                )
            }
        // With etcd the subnets are leased from what the file says: the first node writes it there.
        if let own, !reader.given["etcd-endpoints"].isEmpty, case .failure(let error) = own.subnets {
            throw .configuration("\(own.path): \(error)")
        }
        let shared = try rules.map { rules throws(ConfigurationError) in try FlannelFile(rules) }
        if let own, let shared, !own.agrees(with: shared) {
            let isLong = !own.subnetMembers.isEmpty
            throw .configuration(
                "\(reader.origin(of: "flannel-conf")): flannel-conf \(own.summary(isLong: isLong)) differs from "
                    + shared.summary(isLong: isLong)
            )
        }
        file = shared ?? own
    }

    func configuration(
        _ reader: SettingReader,
        _ node: NodeIdentity,
        _ notices: inout [String]
    ) throws(ConfigurationError) -> FlannelConfiguration {
        let configuration = FlannelConfiguration(
            backend: try backend(reader),
            interface: try interface(reader),
            usesExternalAddresses: try reader.boolean("flannel-external-ip", or: false),
            ipv6Masquerade: try reader.boolean("flannel-ipv6-masq", or: false),
            subnetMembers: own?.subnetMembers ?? []
        )
        guard !configuration.usesExternalAddresses || !node.externalAddresses.isEmpty else {
            throw .configuration(
                "\(reader.origin(of: "flannel-external-ip")): flannel-external-ip needs node-external-ip: "
                    + "the address that peers are to use"
            )
        }
        guard configuration.usesExternalAddresses else { return configuration }
        switch configuration.backend {
        case .none: break
        case .vxlan:
            notices.append("flannel-external-ip: vxlan does not encrypt what it sends between external addresses")
        case .hostGateway:
            throw .configuration(
                "\(reader.origin(of: "flannel-external-ip")): flannel-external-ip cannot be used with host-gw: other nodes"
                    + " route to this one by an address of its own interface; use vxlan"
            )
        }
        return configuration
    }

    private func backend(_ reader: SettingReader) throws(ConfigurationError) -> OverlayConfiguration.Backend {
        let flag = try reader.single("flannel-backend").map { value throws(ConfigurationError) in
            try named(value.text, by: "flannel-backend", at: value.origin)
        }
        if flag == FlannelBackendName.none { return .none }
        guard let file else { return backend(flag ?? .vxlan, VXLANOptions()) }
        let origin = SettingOrigin.file(path: file.path, line: file.backendLine)
        let type = try named(file.backendName, by: "Type", at: origin)
        if let flag, flag != type {
            throw .configuration(
                "\(reader.origin(of: "flannel-backend")): flannel-backend is \(flag.rawValue), "
                    + "but \(origin) says \(type.rawValue)"
            )
        }
        return backend(type, file.settings)
    }

    private func backend(_ name: FlannelBackendName, _ options: VXLANOptions) -> OverlayConfiguration.Backend {
        switch name {
        case .vxlan: .vxlan(options)
        case .hostGateway: .hostGateway
        // The last two are refused before they come here.
        case .none, .wireguard, .ipsec: .none
        }
    }

    private func named(
        _ name: String,
        by setting: String,
        at origin: SettingOrigin
    ) throws(ConfigurationError) -> FlannelBackendName {
        guard let backend = FlannelBackendName(rawValue: name) else {
            let names = FlannelBackendName.allCases.map(\.rawValue)
            throw .invalid(setting, at: origin, SettingReader.unknown(name, among: names))
        }
        guard backend.isBuilt else { throw .notBuilt("backend \(name)", chosenBy: setting, at: origin) }
        return backend
    }

    private func interface(_ reader: SettingReader) throws(ConfigurationError) -> String? {
        guard let value = reader.single("flannel-iface") else { return nil }
        let isName = (1...15).contains(value.text.utf8.count) && !value.text.contains { $0 == "/" || $0.isWhitespace }
        guard isName else { throw .invalid("flannel-iface", at: value.origin, "'\(value.text)' is no interface name") }
        return value.text
    }
}
