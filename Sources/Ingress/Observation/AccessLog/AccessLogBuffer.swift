import LinuxSystem

/// What one loop has for the log. It is handed over some lines at a time: to wake who writes costs as much as to write one.
struct AccessLogBuffer {
    /// How many lines wait in a loop for their turn.
    private static let room = 512
    /// How many are handed over without waiting for more, and how long is waited for more.
    private static let batch = 32
    private static let patience = Duration.milliseconds(5)

    let format: AccessLogFormat
    let queue: AccessLogQueue
    private var lines = AccessLines()
    private var dropped: UInt64 = 0
    private var date = CommonLogDate()
    /// When what waits is handed over at the latest; nil if nothing waits.
    private var due: Duration?

    /// Nil if nothing is logged.
    init?(_ format: AccessLogFormat, _ queue: AccessLogQueue) {
        guard format != .off else { return nil }
        self.format = format
        self.queue = queue
    }

    mutating func add(_ entry: AccessEntry) {
        let count = queue.countRequest()
        guard lines.count < Self.room else {
            dropped += 1
            return
        }
        if format == .clf {
            date.set(entry.head.time)
            lines.append(room: entry.room) { entry.appendCommonLog(count: count, date: date, to: &$0) }
        } else {
            lines.append(room: entry.room) { entry.appendJSON(count: count, to: &$0) }
        }
    }

    /// Hands over what is there, if it is much or has waited. Returns when it is to be called again; nil if nothing is left.
    mutating func flush(now: Duration) -> Duration? {
        guard lines.count > 0 || dropped > 0 else { return nil }
        let latest = due ?? now + Self.patience
        due = latest
        guard lines.count >= Self.batch || latest <= now else { return latest }
        // Whoever takes what is logged is done with it in a moment.
        guard queue.offer(lines, dropped: dropped) else {
            due = now + Self.patience
            return due
        }
        (lines, dropped, due) = (AccessLines(like: lines), 0, nil)
        return nil
    }
}
