import Glibc
import LinuxSystem

/// Descriptors handed to a program as a service manager does it: from 3 on, with their names in the environment.
struct Inheritance {
    var descriptors: [(name: String, descriptor: SharedDescriptor)] = []
    /// The names that the program takes over.
    var adopting: [String] = []
    /// Whom the environment says that they are for; nil for the program.
    var processID: Int32?
    /// Whether the environment has names at all.
    var isNamed = true
    /// Where the program finds the service manager, if there is one.
    var notifySocket: String?

    /// What the program printed, a line an element, once it has ended.
    func run() throws -> [String] {
        let output = "/tmp/linnet-inheriting-\(UInt64.random(in: 0 ... .max))"
        defer { unlink(output) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        // Copies far above the numbers that are overwritten.
        var copies: [SharedDescriptor] = []
        for (index, (_, descriptor)) in descriptors.enumerated() {
            let copy = try systemCall("fcntl") { fcntl(descriptor.rawValue, F_DUPFD_CLOEXEC, 100) }
            copies.append(SharedDescriptor(adopting: copy))
            posix_spawn_file_actions_adddup2(&actions, copy, 3 + Int32(index))
        }
        // A shell keeps its number when the program takes its place.
        let script = "LISTEN_PID=\(processID.map(String.init) ?? "$$") exec \"$0\" \"$@\""
        var arguments = (["sh", "-c", script, Self.program] + adopting).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", &actions, nil, &arguments, &variables)
        guard code == 0 else { throw SystemCallError(call: "posix_spawn", subject: "sh", errno: Errno(rawValue: code)) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        withExtendedLifetime(copies) {}
        let lines = try Files.readText(output).split(separator: "\n").map(String.init)
        return lines + (status == 0 ? [] : ["wait status \(status)"])
    }

    private var environment: [String: String] {
        var variables = ["LISTEN_FDS": "\(descriptors.count)"]
        if isNamed { variables["LISTEN_FDNAMES"] = descriptors.map(\.name).joined(separator: ":") }
        variables["NOTIFY_SOCKET"] = notifySocket
        variables["LD_LIBRARY_PATH"] = getenv("LD_LIBRARY_PATH").map { String(cString: $0) }
        return variables
    }

    /// Beside the test program. A helper of the toolchain may run that: then the command line names it.
    private static let program: String = {
        let arguments = CommandLine.arguments
        let option = arguments.firstIndex(of: "--test-bundle-path")
        let named = option.flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
        let bundle = named ?? (try? Files.linkTarget("/proc/self/exe")) ?? ""
        return (bundle.lastIndex(of: "/").map { String(bundle[..<$0]) } ?? ".") + "/InheritingProgram"
    }()
}
