import Foundation

/// One thread of a process that does not go on until it is let go, while all others do: as one that hangs.
struct StoppedThread: Sendable {
    /// Stops it as a debugger does (ptrace), which signals cannot: they stop all threads.
    private static let script = """
        import ctypes, os, signal, sys
        library = ctypes.CDLL(None, use_errno=True)
        library.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
        library.ptrace.restype = ctypes.c_long
        thread, wall = int(sys.argv[1]), 0x40000000
        for request in (0x4206, 0x4207):  # PTRACE_SEIZE, PTRACE_INTERRUPT
            if library.ptrace(request, thread, None, None) != 0:
                sys.exit(os.strerror(ctypes.get_errno()))
        os.waitpid(thread, wall)
        print("it is stopped", flush=True)
        signal.pause()
        """

    private let holder: Monitor

    /// - Parameter thread: its number for the kernel.
    init(_ thread: Int, on node: Node) async throws {
        let holder = try Monitor(["python3", "-c", Self.script, String(thread)], on: node)
        try await eventually("thread \(thread) stops", shows: "it is stopped") { holder.text }
        self.holder = holder
    }

    /// Lets it go on.
    func release() { holder.stop() }

    /// The threads of a process that have this name and wait in this function of the kernel.
    static func threads(of process: Int32, named name: String, in function: String) throws -> [Int] {
        let tasks = "/proc/\(process)/task"
        func text(_ thread: String, _ file: String) -> String {
            let text = try? String(contentsOfFile: "\(tasks)/\(thread)/\(file)", encoding: .utf8)
            return text?.trimmingCharacters(in: .newlines) ?? ""
        }
        return try FileManager.default.contentsOfDirectory(atPath: tasks)
            .filter { text($0, "comm") == name && text($0, "wchan").contains(function) }
            .compactMap { Int($0) }
    }
}
