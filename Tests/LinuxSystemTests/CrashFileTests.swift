import Glibc
import SeededNumbers
import Testing

@testable import LinuxSystem

/// What ends the process is tried in processes of their own.
@Suite(.timeLimit(.minutes(1))) struct CrashFileTests {
    private static let boot = BootID("01234567-89ab-cdef-0123-456789abcdef")!

    private static func record(
        _ thread: String,
        at seconds: Int,
        sender: Int32? = nil,
        atStart: Bool = false
    ) -> CrashRecord {
        CrashRecord(
            thread: thread,
            signal: SIGSEGV,
            processID: 12,
            sender: sender,
            bootID: boot,
            sinceBoot: .seconds(seconds),
            wallTime: 1_700_000_000.5,
            isAtStart: atStart
        )
    }

    @Test func `records are read as they were written, and a missing file is empty`() throws {
        let directory = try TemporaryDirectory()
        let file = CrashFile(path: "\(directory.path)/crashes")
        #expect(try file.read() == .init())
        let records = [
            Self.record("ln-overlay", at: 5), Self.record("ln-pod-network", at: 6, sender: 1),
            Self.record("linnet", at: 7, atStart: true),
        ]
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

    @Test(arguments: [Double.infinity, .nan, -1e300, 9_223_372_036.854_775_807])
    func `a wall time that no clock has is written as none`(time: Double) throws {
        let record = CrashRecord(
            thread: "ln-overlay",
            signal: SIGSEGV,
            processID: 12,
            bootID: Self.boot,
            sinceBoot: .zero,
            wallTime: time
        )
        #expect(CrashFile.content(of: record.bytes).records.map(\.wallTime) == [0])
    }

    /// Whatever is in the file: it is read without a trap, and what was read can be written and read again.
    @Test(arguments: 1...10)
    func `any bytes are records or damage`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let intact = (1...5).flatMap { Self.record("ln-overlay", at: $0, sender: $0 == 3 ? 1 : nil).bytes }
        for _ in 0..<200 {
            var bytes = intact
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: index)
                case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
                default: bytes[index] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let content = CrashFile.content(of: bytes)
            #expect(content.records.count <= 5)
            #expect(content.damage != nil || bytes == intact)
            #expect(CrashFile.content(of: content.records.flatMap(\.bytes)) == .init(records: content.records))
        }
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

    enum Way: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case abort, fatalError, overflow, raise, kill
        case segmentationFaultFromOutside, abortFromOutside

        var testDescription: String { rawValue }

        var signal: Int32 {
            switch self {
            case .fatalError, .overflow: SIGILL
            case .abort, .abortFromOutside: SIGABRT
            case .raise, .kill, .segmentationFaultFromOutside: SIGSEGV
            }
        }

        var isOwnFault: Bool { self != .segmentationFaultFromOutside && self != .abortFromOutside }

        func happen() {
            switch self {
            case .abort: Glibc.abort()
            case .fatalError: Swift.fatalError("as meant")
            case .overflow: print(Int.max + (getpid() > 0 ? 1 : 0))
            case .raise: _ = Glibc.raise(SIGSEGV)
            case .kill: _ = Glibc.kill(getpid(), SIGSEGV)
            case .segmentationFaultFromOutside: _ = system("kill -SEGV $PPID")
            case .abortFromOutside: _ = system("kill -ABRT $PPID")
            }
            while true { _ = pause() }
        }
    }

    @Test(arguments: Way.allCases)
    func `what the program does itself is its fault, and what another process does is not`(way: Way) async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        let expected = way.signal
        await #expect(processExitsWith: .signal(expected)) { [path = path as String, name = way.rawValue as String] in
            try CrashFile(path: path).recordCrashes(try BootID.current())
            await run(on: "ln-way") { Way(rawValue: name)?.happen() }
        }
        let records = try CrashFile(path: path).read().records
        #expect(records.map(\.signal) == [expected] && records.allSatisfy { $0.isOwnFault == way.isOwnFault })
        #expect(records.allSatisfy { !$0.isAtStart && !$0.isOfWatchdog })
        if way.isOwnFault, way != .kill { #expect(records.map(\.thread) == ["ln-way"]) }
        if !way.isOwnFault { #expect(records.allSatisfy { $0.sender != nil && $0.sender != $0.processID }) }
    }

    @Test func `a file that replaced the one before is written to, and the process still ends`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
            let file = CrashFile(path: path)
            try file.recordCrashes(try BootID.current(), atStart: true)
            try file.replace(with: [])
            try file.recordCrashes(try BootID.current())
            await run(on: "ln-second") { abort() }
        }
        let records = try CrashFile(path: path).read().records
        #expect(records.map(\.thread) == ["ln-second"] && records.allSatisfy { !$0.isAtStart })
    }

    @Test func `a crash while the program starts says so`() async throws {
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/crashes"
        await #expect(processExitsWith: .signal(SIGABRT)) { [path = path as String] in
            try CrashFile(path: path).recordCrashes(try BootID.current(), atStart: true)
            abort()
        }
        #expect(try CrashFile(path: path).read().records.map(\.isAtStart) == [true])
    }

    @Test(arguments: [
        (signal: SIGABRT, sender: 1, is: true), (signal: SIGABRT, sender: 77, is: false),
        (signal: SIGSEGV, sender: 1, is: false), (signal: SIGABRT, sender: nil, is: false),
    ])
    func `an abort by the first process is its watchdog's`(signal: Int32, sender: Int32?, is expected: Bool) {
        let record = CrashRecord(
            thread: "linnet",
            signal: signal,
            processID: 12,
            sender: sender,
            bootID: Self.boot,
            sinceBoot: .zero,
            wallTime: 0
        )
        #expect(record.isOfWatchdog == expected)
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
