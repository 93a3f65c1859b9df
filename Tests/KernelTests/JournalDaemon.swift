import Glibc
import LinuxSystem
import NetworkNamespaces

/// A systemd-journald of a test's own: in a mount namespace with an empty /run, and in a network namespace, since it
/// asks the kernel for audit messages.
struct JournalDaemon {
    private let namespace: TestNamespace
    private let process: RunningTool

    init() throws {
        namespace = try TestNamespace("journal")
        // Without the comparison a failed unshare would put the mount below over the machine's own /run.
        process = try namespace.start([
            "unshare", "--mount", "--propagation", "private", "sh", "-e", "-c",
            """
            [ "$(readlink /proc/self/ns/mnt)" != "$(readlink /proc/$PPID/ns/mnt)" ]
            mount -t tmpfs tmpfs /run
            mkdir -p /run/systemd/journal /run/log/journal
            exec /lib/systemd/systemd-journald
            """,
        ])
        // Until unshare has done its work the process is in the machine's namespace: what is entered is looked at each time.
        let own = "/proc/self/ns/mnt"
        let entered = "/proc/\(process.processID)/ns/mnt"
        try namespace.run(
            "timeout",
            "25",
            "sh",
            "-c",
            """
            until [ "$(readlink \(entered))" != "$(readlink \(own))" ] \
                && nsenter --mount=\(entered) test -S /run/systemd/journal/socket
            do sleep 0.02; done
            """
        )
    }

    /// Calls `body` on a thread that sees this journald's socket where the machine's would be.
    func write(_ body: @escaping @Sendable () -> Void) throws {
        let processID = process.processID
        try namespace.namespace.run {
            let mounts = open("/proc/\(processID)/ns/mnt", O_RDONLY | O_CLOEXEC)
            defer { close(mounts) }
            // A thread that shares its root directory with others may not change its mount namespace.
            try Self.call("unshare", CloneFlag.fileSystem)
            try Self.call("setns", mounts, CloneFlag.mounts)
            body()
        }
    }

    /// The entries that a query finds, in the form that `-o` names, after all that was sent has been written.
    func read(_ query: String..., form: String = "export") throws -> String {
        try run("rm -f /run/systemd/journal/synced")
        process.send(Self.firstRealTimeSignal + 1)
        try run("timeout 25 sh -c 'until [ -e /run/systemd/journal/synced ]; do sleep 0.01; done'")
        return try run("journalctl --all --quiet -D /run/log/journal -o \(form) \(query.joined(separator: " "))")
    }

    @discardableResult
    private func run(_ script: String) throws -> String {
        try namespace.run("nsenter", "--mount=/proc/\(process.processID)/ns/mnt", "sh", "-c", script)
    }

    /// SIGRTMIN, a function of the C library's in C: the first two are its own.
    private static let firstRealTimeSignal: Int32 = 34

    private enum CloneFlag {
        static let fileSystem: Int32 = 0x200
        static let mounts: Int32 = 0x20000
    }

    /// Calls a function that the C library declares only with _GNU_SOURCE, which Swift imports it without.
    private static func call(_ name: String, _ arguments: Int32...) throws {
        let function = dlsym(nil, name)
        let result =
            arguments.count == 1
            ? unsafeBitCast(function, to: (@convention(c) (Int32) -> Int32).self)(arguments[0])
            : unsafeBitCast(function, to: (@convention(c) (Int32, Int32) -> Int32).self)(arguments[0], arguments[1])
        if result != 0 { throw SystemCallError(call: name, subject: "", errno: Errno(rawValue: errno)) }
    }
}
