import ClusterFixtures
import LinuxSystem
import NetworkTypes
import RecordedLog

@testable import Ingress

/// A state directory of its own, which goes with it, and what is logged of the file in it.
final class NamePlace: Sendable {
    let directory = "/tmp/linnet-names-\(UInt64.random(in: 0...UInt64.max))"
    private let record = RecordedLog()

    init() throws { try Files.createDirectory(directory, mode: 0o700) }

    deinit {
        for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
        try? Files.removeDirectory(directory)
        // Some tests have a file there.
        try? Files.remove(directory)
    }

    var file: String { "\(directory)/ingress-names" }
    var memory: ExternalNameMemory { ExternalNameMemory(stateDirectory: directory) }
    var saver: ExternalNameSaver { ExternalNameSaver(memory, logger: record.logger) }
    /// What was logged, with the event and what is wrong.
    var told: [String] { record.complaints }

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
