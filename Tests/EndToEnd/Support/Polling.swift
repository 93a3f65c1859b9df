import Testing

/// A condition that did not come true in time.
struct NeverHappened: Error, CustomStringConvertible {
    let condition: String
    let limit: Duration
    let last: String

    var description: String { "not within \(limit): \(condition)\(last.isEmpty ? "" : "; last seen: \(last)")" }
}

/// Waits until the condition holds, asking every 20 ms. Returns how long it took.
@discardableResult
func eventually(
    _ condition: String,
    within limit: Duration = .seconds(15),
    holds: () async throws -> Bool
) async throws -> Duration {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
        if try await holds() { return clock.now - start }
        guard clock.now - start < limit else { throw NeverHappened(condition: condition, limit: limit, last: "") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Waits until the text that `read` gives contains all of these.
@discardableResult
func eventually(
    _ condition: String,
    shows wanted: String...,
    within limit: Duration = .seconds(15),
    read: () async throws -> String
) async throws -> Duration {
    let clock = ContinuousClock()
    let start = clock.now
    while true {
        let text = try await read()
        if wanted.allSatisfy({ text.contains($0) }) { return clock.now - start }
        guard clock.now - start < limit else { throw NeverHappened(condition: condition, limit: limit, last: text) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

extension Node {
    /// Waits for a log line that contains all of these, and prints it.
    func logs(_ words: [String], within limit: Duration) async throws {
        func line() -> Substring? {
            logText.split(separator: "\n").first { line in words.allSatisfy { line.contains($0) } }
        }
        try await eventually("a line of the log with \(words)", within: limit) { line() != nil }
        print("log: \(line() ?? "-")")
    }
}
