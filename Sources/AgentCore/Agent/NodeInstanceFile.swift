import LinuxSystem
import Logging
import Supervision

/// Tells this machine from another one of the same name: a random number under the state directory.
struct NodeInstanceFile {
    private let directory: String
    private var path: String { Self.path(in: directory) }

    init(stateDirectory: String) {
        directory = stateDirectory
    }

    static func path(in stateDirectory: String) -> String { "\(stateDirectory)/instance" }

    /// Sixteen hexadecimal digits. Where they cannot be kept, the next start is another machine at the same address.
    func loadOrMake() -> String {
        if let text = try? Files.readText(path) {
            let known = text.prefix { !$0.isNewline }
            if known.utf8.count == 16, known.allSatisfy(\.isHexDigit) { return String(known) }
        }
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let instance = String(repeating: "0", count: 16 - digits.count) + digits
        do throws(SystemCallError) {
            try write(instance)
        } catch {
            Logger(label: "linnet.lease").log(
                .warning,
                "which machine this is cannot be kept",
                [.file: path, .error: "\(error)"]
            )
        }
        return instance
    }

    /// Writes again what was loaded or made, if the file was removed.
    func keep(_ instance: String) throws(SystemCallError) {
        if !Files.exists(path) { try write(instance) }
    }

    private func write(_ instance: String) throws(SystemCallError) {
        try Files.createDirectory(directory, mode: 0o700)
        try Files.writeAtomically(instance + "\n", to: path, mode: 0o600)
    }
}
