import Glibc
import Logging
import ManualClock
import Supervision
import Synchronization

/// A capability that does what the test says.
struct Scripted: Capability {
    let name: CapabilityName
    private let body: @Sendable (HealthReporter) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (HealthReporter) async throws -> Void) {
        self.name = CapabilityName(rawValue: name)
        self.body = body
    }

    func run(reporting health: HealthReporter) async throws { try await body(health) }
}

struct Broken: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Waits until the task is cancelled.
func untilCancelled() async {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    for await _ in stream {}
    withExtendedLifetime(continuation) {}
}

/// Blocks whoever waits, thread and all, until it is opened.
final class Gate: Sendable {
    private let ends: (reading: Int32, writing: Int32)

    init() {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0)
        self.ends = (ends[0], ends[1])
    }

    deinit {
        close(ends.reading)
        close(ends.writing)
    }

    func block() {
        var byte: UInt8 = 0
        while read(ends.reading, &byte, 1) == -1 {}
    }

    func open() {
        var byte: UInt8 = 0
        write(ends.writing, &byte, 1)
    }
}

/// Counts and lists what happened, from any thread.
final class Record: Sendable {
    private let entries = Mutex<[String]>([])

    var all: [String] { entries.withLock { $0 } }

    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension HealthBoard {
    convenience init(_ clock: ManualClock) {
        self.init { clock.now.offset }
    }

    func health(_ name: String) -> CapabilityHealth {
        snapshot().first { $0.name.rawValue == name } ?? CapabilityHealth(name: .init(rawValue: name), state: .disabled)
    }

    /// Waits until the capability is in such a state.
    func until(_ name: String, _ isSo: (CapabilityHealth) -> Bool) async {
        for await _ in changes(startingNow: true) where isSo(health(name)) { return }
    }
}

/// Runs capabilities under supervision, on one board, while `body` moves the clock; then cancels them.
func supervising(
    _ capabilities: Scripted...,
    body: (ManualClock, HealthBoard) async throws -> Void
) async throws {
    let clock = ManualClock()
    let board = HealthBoard(clock)
    try await withThrowingTaskGroup(of: Void.self) { group in
        for capability in capabilities {
            board.add(capability.name)
            let supervised = Supervised(
                capability,
                on: board,
                after: nil,
                clock: clock,
                random: { 0.5 },
                logger: silent
            )
            group.addTask { try await supervised.run() }
        }
        try await body(clock, board)
        group.cancelAll()
    }
}
