package import LinuxSystem
import NetworkTypes

/// Keeps over a restart what names outside the cluster come to, so that what was called before it is called after it,
/// whether or not anybody answers for them then.
package struct ExternalNameMemory: Sendable {
    private let file: StateFile

    /// - Parameter stateDirectory: where the file is.
    package init(stateDirectory: String) {
        file = StateFile(Self.path(in: stateDirectory), kind: "names", version: 1)
    }

    /// Where it is kept.
    package static func path(in stateDirectory: String) -> String { "\(stateDirectory)/ingress-names" }

    var path: String { file.path }

    /// Whether there is a file, whatever it holds.
    var isThere: Bool { file.isThere }

    /// What an earlier run left; nothing if there is no such file. Names that came to nothing have no addresses.
    func load() throws(StateFileError) -> [ExternalName: [IPAddress]] {
        guard let content = try file.read() else { return [:] }
        var names: [ExternalName: [IPAddress]] = [:]
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            let addresses = words.dropFirst().compactMap { try? IPAddress(parsing: $0) }
            guard let name = ExternalName(String(words[0])), addresses.count == words.count - 1 else {
                throw StateFileError(path: file.path, reason: "its lines are not those of names")
            }
            names[name] = addresses
        }
        return names
    }

    /// Replaces what is kept: a line for each name, with its addresses behind it. Where there is nothing to be kept, there
    /// is no file.
    func save(_ names: [ExternalName: [IPAddress]]) throws(SystemCallError) {
        guard !names.isEmpty else { return try file.remove() }
        var text = ""
        for (name, addresses) in names.sorted(by: { $0.key < $1.key }) {
            text += "\(([name.text] + addresses.map(\.description)).joined(separator: " "))\n"
        }
        try file.write(Array(text.utf8))
    }

    /// Removes what killed writers left, and all of it where names are not called.
    package func tidy(isKept: Bool) throws(SystemCallError) {
        if isKept { try Files.removeTemporaries(of: file.path) } else { try file.remove() }
    }
}
