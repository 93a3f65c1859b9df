import Foundation
import Synchronization

/// A program that was started, with its standard streams in files. (Foundation's Process crashed now and then when
/// many were started one after the other, and its children inherit the signal mask of a pool thread.)
final class ChildProcess: Sendable {
    let processIdentifier: Int32
    private let end = Mutex<Int32?>(nil)

    /// Where the standard streams lead: paths of files. Output is appended.
    struct Streams: Sendable {
        var input = "/dev/null"
        var output: String
        var errors: String
    }

    /// Starts the program, found on PATH, with no signal blocked or ignored. `ended` is called once, with the exit status
    /// as a shell says it, on a thread of its own.
    init(
        _ command: [String],
        environment: [String: String],
        streams: Streams,
        ended: @escaping @Sendable (Int32) -> Void = { _ in }
    ) throws {
        processIdentifier = try Self.spawn(command, environment: environment, streams: streams)
        Thread.detachNewThread { [self] in
            var status: Int32 = 0
            while waitpid(processIdentifier, &status, 0) < 0 && errno == EINTR {}
            let signal = status & 0x7f
            let exitStatus = signal == 0 ? status >> 8 & 0xff : 128 + signal
            end.withLock { $0 = exitStatus }
            ended(exitStatus)
        }
    }

    /// Nil while it runs.
    var exitStatus: Int32? { end.withLock { $0 } }

    private static func spawn(_ command: [String], environment: [String: String], streams: Streams) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, streams.input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, streams.output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, streams.errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // A child inherits the signal mask of its thread, and threads of a pool block nearly all signals.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments = command.map { strdup($0) } + [nil]
        var variables = Self.variables(environment).map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, command[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw CouldNotStart(command: command, reason: String(cString: strerror(code))) }
        return child
    }

    /// What the program sees: its own variables, and of the test's only those that it needs. A LINNET_ variable of the
    /// person who runs the tests would change what they test.
    private static func variables(_ given: [String: String]) -> [String] {
        let inherited = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LD_LIBRARY_PATH"].contains($0.key)
        }
        return inherited.merging(["LC_ALL": "C"]) { $1 }.merging(given) { $1 }.map { "\($0.key)=\($0.value)" }
    }
}

/// A program that could not be started at all.
struct CouldNotStart: Error, CustomStringConvertible {
    let command: [String]
    let reason: String
    var description: String { "cannot start \(command.joined(separator: " ")): \(reason)" }
}
