internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// A process that a test started. It is killed and reaped when this handle goes away.
package final class RunningTool: Sendable {
    package let processID: Int32
    private let outputFile: SharedDescriptor
    private let errorFile: SharedDescriptor
    private let status = Mutex<Int32?>(nil)

    /// Starts `words` in the network namespace of the calling thread. Output goes to files, so that no pipe fills up.
    package init(_ words: [String], input: String? = nil) throws {
        let inputFile = try Self.scratchFile()
        outputFile = try Self.scratchFile()
        errorFile = try Self.scratchFile()
        if let input {
            let bytes = Array(input.utf8)
            _ = try systemCall("write") { pwrite(inputFile.rawValue, bytes, bytes.count, 0) }
        }
        processID = try Self.spawn(words, inputFile.rawValue, outputFile.rawValue, errorFile.rawValue)
    }

    deinit {
        send(SIGKILL)
        _ = try? wait()
    }

    /// What it wrote to its standard output so far.
    package var output: String { Self.text(of: outputFile) }
    /// What it wrote to its standard error so far.
    package var errors: String { Self.text(of: errorFile) }

    /// Sends a signal, unless the process was waited for already.
    package func send(_ signal: Int32) {
        status.withLock { if $0 == nil { kill(processID, signal) } }
    }

    /// Waits until the process has ended.
    @discardableResult
    package func wait() throws -> ToolResult {
        let waitStatus: Int32
        if let known = status.withLock({ $0 }) {
            waitStatus = known
        } else {
            var answer: Int32 = 0
            _ = try systemCall("waitpid") { waitpid(processID, &answer, 0) }
            waitStatus = answer
            status.withLock { $0 = waitStatus }
        }
        let signal = waitStatus & 0x7f
        let exitCode = signal == 0 ? waitStatus >> 8 & 0xff : 128 + signal
        return ToolResult(exitCode: exitCode, output: output, errors: errors)
    }

    private static func spawn(
        _ words: [String],
        _ input: Int32,
        _ output: Int32,
        _ errors: Int32
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // A child inherits the mask of its thread, and the threads of the pool block nearly all signals.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        for (target, source) in [input, output, errors].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        let environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/"]
        var arguments = words.map { strdup($0) } + [nil]
        var variables = environment.map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, words[0], &actions, &attributes, &arguments, &variables)
        guard code == 0 else {
            throw SystemCallError(call: "posix_spawnp", subject: words[0], errno: Errno(rawValue: code))
        }
        return child
    }

    /// A file without a name: it goes away with the process.
    private static func scratchFile() throws -> SharedDescriptor {
        var name = Array("/tmp/linnet-test-XXXXXX".utf8CString)
        let number = try systemCall("mkstemp") { mkstemp(&name) }
        unlink(name)
        _ = try systemCall("fcntl") { fcntl(number, F_SETFD, FD_CLOEXEC) }
        return SharedDescriptor(adopting: number)
    }

    private static func text(of file: SharedDescriptor) -> String {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = pread(file.rawValue, &buffer, buffer.count, content.count)
            guard count > 0 else { return String(decoding: content, as: UTF8.self) }
            content += buffer[..<count]
        }
    }
}
