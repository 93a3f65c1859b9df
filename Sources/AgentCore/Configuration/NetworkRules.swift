import LinuxSystem

/// The network's configuration as the cluster's nodes share it: what etcd holds at `<prefix>/config`, in the form of
/// flannel's net-conf.json. It stands in for flags that were not given, and contradicts none that were.
package struct NetworkRules: Sendable, Hashable {
    /// Where it stands, for messages.
    package let place: String
    package let text: String

    package init(prefix: String, text: String) {
        place = "\(prefix)/config in etcd"
        self.text = text
    }

    /// Whether it is in flannel's form at all.
    var isReadable: Bool { (try? FlannelFile(self)) != nil }
}

/// The rules that the last run worked by, so that a start needs no etcd.
struct NetworkRulesFile {
    private let directory: String
    private let prefix: String
    private var path: String { Self.path(in: directory) }

    init(stateDirectory: String, prefix: String) {
        directory = stateDirectory
        self.prefix = prefix
    }

    static func path(in stateDirectory: String) -> String { "\(stateDirectory)/etcd-config" }

    /// Nil if there are none, or they are of another prefix.
    func load() -> NetworkRules? {
        guard let text = try? Files.readText(path), let end = text.firstIndex(of: "\n"), text[..<end] == prefix else {
            return nil
        }
        return NetworkRules(prefix: prefix, text: String(text[text.index(after: end)...]))
    }

    func save(_ text: String) throws(SystemCallError) {
        guard load()?.text != text else { return }
        try Files.createDirectory(directory, mode: 0o700)
        try Files.writeAtomically("\(prefix)\n\(text)", to: path, mode: 0o600)
    }
}
