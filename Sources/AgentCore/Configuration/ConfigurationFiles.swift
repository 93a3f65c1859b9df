import LinuxSystem
import YAML

/// Reads configuration files by k3s's rules: the file, then those of its directory in the order of their names; a later
/// one takes a key's place, or with `key+:` extends it.
enum ConfigurationFiles {
    static let defaultPath = "/etc/linnet/config.yaml"

    /// - Parameter given: the path that somebody named; without one a missing file is no error.
    static func read(_ given: GivenValue?) throws(ConfigurationError) -> GivenSettings {
        let path = given?.text ?? defaultPath
        var settings = GivenSettings()
        let isThere = Files.exists(path)
        if let given, !isThere { throw .invalid("config", at: given.origin, "there is no file \(path)") }
        if isThere { try read(path, into: &settings) }
        let directory = "\(path).d"
        for name in try entries(of: directory) where name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
            try read("\(directory)/\(name)", into: &settings)
        }
        return settings
    }

    private static func entries(of directory: String) throws(ConfigurationError) -> [String] {
        guard Files.exists(directory) else { return [] }
        do throws(SystemCallError) {
            return try Files.list(directory).sorted()
        } catch {
            throw .configuration("\(error)")
        }
    }

    private static func read(_ path: String, into settings: inout GivenSettings) throws(ConfigurationError) {
        let documents: [YAMLNode]
        do {
            documents = try YAMLReader.documents(in: Files.read(path))
        } catch let error as YAMLError {
            throw .configuration("\(path):\(error.position): \(error.message)")
        } catch {
            throw .configuration("\(error)")
        }
        for document in documents where !document.isNull {
            guard let members = document.members else {
                throw .configuration("\(path):\(document.position.line): settings are written as `name: value`")
            }
            for member in members { try take(member, of: path, into: &settings) }
        }
    }

    private static func take(
        _ member: YAMLMember,
        of path: String,
        into settings: inout GivenSettings
    ) throws(ConfigurationError) {
        let place = "\(path):\(member.keyPosition.line)"
        let extends = member.key.hasSuffix("+")
        let name = extends ? String(member.key.dropLast()) : member.key
        guard let setting = Setting.named(name) else {
            throw .configuration(
                "\(place): unknown key '\(name)'\(NearestName.hint(name, among: Setting.all.map(\.name)))"
            )
        }
        if !extends || setting.kind != .list { settings.remove(setting) }
        for node in member.value.elements ?? [member.value] {
            guard let scalar = node.scalar else {
                throw .configuration("\(place): \(name): \(node.kind) where a value is expected")
            }
            if scalar.isNull { continue }
            if member.value.elements != nil, setting.kind != .list {
                throw .configuration("\(place): \(name): one value is expected, not a list")
            }
            settings.add(scalar.text, to: setting, from: .file(path: path, line: node.position.line))
        }
    }
}

/// Reads the variables that begin with LINNET_.
enum EnvironmentReader {
    static func read(_ environment: [String: String]) throws(ConfigurationError) -> GivenSettings {
        let known = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.variable, $0) })
        var settings = GivenSettings()
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) {
            guard variable.hasPrefix(Setting.variablePrefix), variable != Setting.config.variable else { continue }
            guard let setting = known[variable] else {
                throw .configuration("unknown variable \(variable)\(NearestName.hint(variable, among: known.keys))")
            }
            if !text.isEmpty { settings.add(text, to: setting, from: .environment(variable: variable)) }
        }
        return settings
    }
}
