import HTTPWire

/// What a loop counts of the requests that it served.
struct Traffic: Sendable {
    /// By status, in hundreds.
    private(set) var responses = [UInt64](repeating: 0, count: 10)

    mutating func note(_ exchange: borrowing Exchange, status: UInt16, _ entryPoint: EntryPoint, now: Int64) {
        responses[min(Int(status / 100), 9)] += 1
    }
}
