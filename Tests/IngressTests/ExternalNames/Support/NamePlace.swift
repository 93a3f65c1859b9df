import ClusterFixtures
import LinuxSystem
import Logging
import NetworkTypes
import Supervision
import Synchronization

@testable import Ingress

/// A state directory of its own, which goes with it, and what is logged of the file in it.
final class NamePlace: Sendable {
    let directory = "/tmp/linnet-names-\(UInt64.random(in: 0...UInt64.max))"
    private let lines = Lines()

    init() throws { try Files.createDirectory(directory, mode: 0o700) }

    deinit {
        for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
        try? Files.removeDirectory(directory)
        // Some tests have a file there.
        try? Files.remove(directory)
    }

    var file: String { "\(directory)/ingress-names" }
    var memory: ExternalNameMemory { ExternalNameMemory(stateDirectory: directory) }
    var saver: ExternalNameSaver { ExternalNameSaver(memory, logger: logger) }
    var logger: Logger { Logger(label: "test", factory: { _ in LineHandler(lines: self.lines) }) }
    /// What was logged, with the event and what is wrong.
    var told: [String] { lines.all.withLock(\.self) }

    /// What the file says; nil if there is none, or it is not to be believed.
    var kept: [ExternalName: [IPAddress]]? { Files.exists(file) ? try? memory.load() : nil }

    /// `one.example 198.51.100.1 …`
    static func names(_ lines: String...) -> [ExternalName: [IPAddress]] {
        var names: [ExternalName: [IPAddress]] = [:]
        for line in lines {
            let words = line.split(separator: " ").map(String.init)
            if let name = ExternalName(words[0]) { names[name] = words.dropFirst().map { address($0) } }
        }
        return names
    }
}

private final class Lines: Sendable {
    let all = Mutex<[String]>([])
}

private struct LineHandler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: Logging.LogEvent) {
        let error = event.metadata?[LogKey.error.rawValue].map { ": \($0)" } ?? ""
        lines.all.withLock { $0.append("\(event.message)\(error)") }
    }
}
