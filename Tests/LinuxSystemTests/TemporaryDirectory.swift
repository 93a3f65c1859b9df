import Glibc
import LinuxSystem

/// A directory that goes away with this object, and with all that is in it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/linnet-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemCallError(call: "mkdtemp", subject: "/tmp", errno: .current)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.removeAll(path)
    }

    /// The path of an entry of the directory.
    func entry(_ name: String) -> String { "\(path)/\(name)" }

    private static func removeAll(_ directory: String) {
        for name in (try? Files.list(directory)) ?? [] {
            let entry = "\(directory)/\(name)"
            // A link to a directory is removed, not what it leads to.
            if unlink(entry) == -1 { removeAll(entry) }
        }
        rmdir(directory)
    }
}
