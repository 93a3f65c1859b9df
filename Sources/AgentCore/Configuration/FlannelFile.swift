import EtcdSource
import LinuxSystem
import NetworkTypes
import Overlay
import YAML

/// flannel's net-conf.json: the pod networks and the backend. Its keys are matched without regard to case, as flannel
/// does.
struct FlannelFile {
    let path: String
    let networks: PerFamily<IPPrefix>
    /// What Backend names; flannel's own default where it names none.
    let backendName: String
    /// Where Backend stands, counted from 1.
    let backendLine: Int
    let settings: VXLANOptions
    /// What it says of the subnets to lease, as members of a JSON object: `"SubnetLen":25`.
    let subnetMembers: [String]
    /// The subnets to lease; what is wrong with them is of no interest where a Node object has its podCIDRs.
    let subnets: Result<NetworkConfiguration, NetworkConfigurationError>

    /// - Parameter origin: where the path was given.
    init(path: String, givenAt origin: SettingOrigin) throws(ConfigurationError) {
        let bytes: [UInt8]
        do throws(SystemCallError) {
            bytes = try Files.read(path)
        } catch {
            throw .invalid("flannel-conf", at: origin, "\(error)")
        }
        try self.init(bytes, path: path, knownKeysOnly: true)
    }

    /// Keys that are not known are left alone, as other programs' nodes do.
    init(_ rules: NetworkRules) throws(ConfigurationError) {
        try self.init(Array(rules.text.utf8), path: rules.place, knownKeysOnly: false)
    }

    private init(_ bytes: [UInt8], path: String, knownKeysOnly: Bool) throws(ConfigurationError) {
        self.path = path
        let document: YAMLNode
        do throws(YAMLError) {
            guard let first = try YAMLReader.documents(in: bytes).first else {
                throw YAMLError(at: .start, "it is empty")
            }
            document = first
        } catch {
            throw .configuration("\(path):\(error.position): \(error.message)")
        }
        let file = try FlannelObject(document, path: path, keys: knownKeysOnly ? Self.keys : nil)
        var networks = PerFamily<IPPrefix>()
        if try file.boolean("EnableIPv4") ?? true { networks.v4 = try file.network("Network", .ipv4) }
        if try file.boolean("EnableIPv6") ?? false { networks.v6 = try file.network("IPv6Network", .ipv6) }
        guard !networks.isEmpty else { throw .configuration("\(path): it enables neither IPv4 nor IPv6") }
        self.networks = networks
        var members: [String] = []
        for key in Self.subnetKeys {
            guard let text = try file.text(key) else { continue }
            members.append(key.hasSuffix("Len") ? "\"\(key)\":\(text)" : "\"\(key)\":\"\(text)\"")
        }
        subnetMembers = members
        subnets = Result { () throws(NetworkConfigurationError) in
            try NetworkConfiguration(parsing: String(decoding: bytes, as: UTF8.self))
        }
        guard let backend = try file.object("Backend", keys: knownKeysOnly ? Self.backendKeys : nil) else {
            throw .configuration("\(path): Backend is missing: write {\"Type\": \"vxlan\"}")
        }
        backendLine = backend.line
        backendName = try backend.text("Type") ?? "udp"
        settings = VXLANOptions(
            vni: UInt32(try backend.number("VNI", in: 1...16_777_215) ?? 1),
            port: UInt16(try backend.number("Port", in: 0...65_535).flatMap { $0 == 0 ? nil : $0 } ?? 8472),
            mtu: try backend.number("MTU", in: 0...65_535).flatMap { $0 == 0 ? nil : Int($0) },
            gbp: try backend.boolean("GBP") ?? false,
            learning: try backend.boolean("Learning") ?? false,
            directRouting: try backend.boolean("DirectRouting") ?? false
        )
    }

    /// Whether nodes of both reach each other, and take their subnets from the same ones if this file says which.
    func agrees(with other: FlannelFile) -> Bool {
        networks == other.networks && backendName == other.backendName && settings == other.settings
            && (subnetMembers.isEmpty || (try? subnets.get()) == (try? other.subnets.get()))
    }

    /// What it comes to, for messages.
    ///
    /// - Parameter isLong: also which subnets are leased.
    func summary(isLong: Bool) -> String {
        let pools = isLong ? (try? subnets.get())?.pools : nil
        let texts = networks.values.map { network in
            let pool = pools?[network.family]
            return "\(network)" + (pool.map { " by /\($0.length) from \($0.first) to \($0.last)" } ?? "")
        }
        return "\(path) (\(texts.joined(separator: ", ")), backend \(backendName))"
    }

    private static let subnetKeys = [
        "SubnetLen", "SubnetMin", "SubnetMax", "IPv6SubnetLen", "IPv6SubnetMin", "IPv6SubnetMax",
    ]
    private static let keys =
        ["EnableIPv4", "EnableIPv6", "EnableNFTables", "Network", "IPv6Network", "Backend"] + subnetKeys
    /// Those of vxlan (MacPrefix is for Windows) and of the backends that are refused by their names afterwards.
    private static let backendKeys = [
        "Type", "VNI", "Port", "MTU", "GBP", "Learning", "DirectRouting", "MacPrefix", "PSK",
        "PersistentKeepaliveInterval", "ListenPort", "ListenPortV6", "Mode", "UDPEncap", "ESPProposal",
    ]
}

/// An object of the file, by keys in any case.
private struct FlannelObject {
    private let node: YAMLNode
    private let path: String

    /// - Parameter keys: those that there may be; nil for any.
    init(_ node: YAMLNode, path: String, keys: [String]?) throws(ConfigurationError) {
        self.node = node
        self.path = path
        guard let members = node.members else {
            throw .configuration("\(path):\(node.position.line): \(node.kind) where an object is expected")
        }
        guard let keys else { return }
        for member in members where !keys.contains(where: { $0.lowercased() == member.key.lowercased() }) {
            throw .configuration(
                "\(path):\(member.keyPosition.line): unknown key '\(member.key)'\(NearestName.hint(member.key, among: keys))"
            )
        }
    }

    var line: Int { node.position.line }

    func object(_ key: String, keys: [String]?) throws(ConfigurationError) -> FlannelObject? {
        guard let value = member(key) else { return nil }
        return try FlannelObject(value, path: path, keys: keys)
    }

    func text(_ key: String) throws(ConfigurationError) -> String? {
        guard let value = member(key) else { return nil }
        guard let scalar = value.scalar else { throw wrong(key, value, "text") }
        return scalar.text
    }

    func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let value = member(key) else { return nil }
        guard let boolean = value.scalar?.boolean else { throw wrong(key, value, "true or false") }
        return boolean
    }

    func number(_ key: String, in range: ClosedRange<Int64>) throws(ConfigurationError) -> Int64? {
        guard let value = member(key) else { return nil }
        guard let number = value.scalar?.integer, range.contains(number) else {
            throw wrong(key, value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func network(_ key: String, _ family: AddressFamily) throws(ConfigurationError) -> IPPrefix {
        guard let value = member(key), let text = value.scalar?.text else {
            throw .configuration("\(path): \(key) is missing")
        }
        guard let network = try? IPPrefix(parsing: text), network.family == family else {
            throw wrong(key, value, "an \(family) network")
        }
        return network
    }

    private func member(_ key: String) -> YAMLNode? {
        node.members?.first { $0.key.lowercased() == key.lowercased() && !$0.value.isNull }?.value
    }

    private func wrong(_ key: String, _ value: YAMLNode, _ expected: String) -> ConfigurationError {
        .configuration("\(path):\(value.position.line): \(key) is not \(expected)")
    }
}
