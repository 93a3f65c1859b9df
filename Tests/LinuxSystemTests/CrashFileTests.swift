import Glibc
import Testing

@testable import LinuxSystem

/// What ends the process is tried in processes of their own.
@Suite(.timeLimit(.minutes(1))) struct CrashFileTests {
    private static let boot = BootID("01234567-89ab-cdef-0123-456789abcdef")!

    private static func record(_ thread: String, at seconds: Int, sender: Int32? = nil) -> CrashRecord {
        CrashRecord(
            thread: thread,
            signal: SIGSEGV,
            processID: 12,
            sender: sender,
            bootID: boot,
            sinceBoot: .seconds(seconds),
            wallTime: 1_700_000_000.5
        )
    }

    @Test func `records are read as they were written, and a missing file is empty`() throws {
        let directory = try TemporaryDirectory()
        let file = CrashFile(path: "\(directory.path)/crashes")
        #expect(try file.read() == .init())
        let records = [Self.record("ln-overlay", at: 5), Self.record("ln-pod-network", at: 6, sender: 1)]
        try file.replace(with: records)
        #expect(try file.read() == .init(records: records))
        #expect(try Files.status(file.path).mode == 0o600)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let what: String
        let bytes: [UInt8]
        let threads: [String]
        let unread: Int
        var testDescription: String { what }
    }

    static let damages: [Damage] = {
        let one = record("one", at: 1).bytes
        let two = record("two", at: 2).bytes
        var flipped = one
        flipped[30] ^= 1
        return [
            Damage(what: "cut short at the end", bytes: one + two.dropLast(), threads: ["one"], unread: 79),
            Damage(what: "cut short before another", bytes: one.prefix(20) + two, threads: ["two"], unread: 20),
            Damage(what: "a bit flipped", bytes: flipped + two, threads: ["two"], unread: 80),
            Damage(what: "garbage", bytes: Array("LNCRASH1 and no more".utf8), threads: [], unread: 20),
            Damage(what: "zeros", bytes: Array(repeating: 0, count: 200), threads: [], unread: 200),
        ]
    }()

    @Test(arguments: damages)
    func `damage costs what it touched and no more`(damage: Damage) {
        let content = CrashFile.content(of: damage.bytes)
        #expect(content.records.map(\.thread) == damage.threads)
        #expect(content.damage == "\(damage.unread) of its \(damage.bytes.count) bytes belong to no whole record")
    }

    @Test func `what is huge or no file is not read, and is replaced`() throws {
        let directory = try TemporaryDirectory()
        let file = CrashFile(path: "\(directory.path)/crashes")
        try Files.writeAtomically([UInt8](repeating: 1, count: CrashFile.largestSize + 1), to: file.path)
        #expect(try file.read().damage != nil)
        try file.replace(with: [])
        #expect(try file.read() == .init())
        try Files.remove(file.path)
        #expect(mkfifo(file.path, 0o600) == 0)
        #expect(try file.read().damage != nil)
        try file.replace(with: [])
        #expect(try file.read() == .init())
    }

    // MARK: While it happens

    @Test func `a trap on a named thread is recorded with its name, and the process ends by it`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        let before = SystemTime.sinceBoot()
        await #expect(processExitsWith: .signal(SIGILL)) { [path = path as String] in
            try CrashFile(path: path).recordCrashes(try BootID.current())
            await run(on: "ln-trap") { _ = [Int](repeating: 0, count: 0)[getpid() < 0 ? 0 : 1] }
        }
        let content = try CrashFile(path: path).read()
        let record = try #require(content.records.first)
        #expect(content.damage == nil && content.records.count == 1)
        #expect(record.thread == "ln-trap" && record.signal == SIGILL && record.signalName == "SIGILL")
        #expect(record.isOwnFault && record.sender == nil && !record.isReported)
        #expect(try record.bootID == BootID.current())
        #expect((before...SystemTime.sinceBoot()).contains(record.sinceBoot))
        #expect(abs(record.wallTime - SystemTime.now()) < 60)
    }

    @Test func `a stack that overflows is recorded too`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        await #expect(processExitsWith: .signal(SIGSEGV)) { [path = path as String] in
            try CrashFile(path: path).recordCrashes(try BootID.current())
            await run(on: "ln-deep") { print(depth(of: 0)) }
        }
        #expect(try CrashFile(path: path).read().records.map(\.thread) == ["ln-deep"])
    }

    @Test func `abort is the thread's own fault`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
            try CrashFile(path: path).recordCrashes(try BootID.current())
            await run(on: "ln-abort") { abort() }
        }
        let records = try CrashFile(path: path).read().records
        #expect(records.map(\.thread) == ["ln-abort"] && records.allSatisfy(\.isOwnFault))
    }

    @Test func `a signal of another process is nobody's fault`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
            try CrashFile(path: path).recordCrashes(try BootID.current())
            #expect(system("kill -ABRT $PPID") == 0)
            while true { _ = pause() }
        }
        let record = try #require(try CrashFile(path: path).read().records.first)
        #expect(record.signal == SIGABRT && !record.isOwnFault && record.sender != nil)
    }

    @Test func `an action that was there before still runs`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
            signal(SIGFPE) { _ in _exit(7) }
            try CrashFile(path: path).recordCrashes(try BootID.current())
            await run(on: "ln-raise") { raise(SIGFPE) }
        }
        #expect(try CrashFile(path: path).read().records.map(\.thread) == ["ln-raise"])
    }
}

/// Runs the body on a thread of this name.
private func run(on name: String, _ body: @escaping @Sendable () -> Void) async {
    let thread = KernelThread(name: name)
    await withTaskGroup { group in
        group.addTask(executorPreference: thread) { body() }
    }
}

/// Never ends, but for the stack.
private func depth(of number: Int) -> Int {
    number == .max ? 0 : depth(of: number + 1) + number % 3
}
