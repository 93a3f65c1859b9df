extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000 + attoseconds / 1_000_000_000_000_000
    }

    /// For how many milliseconds epoll_wait(2) may wait so that `next` is not passed by much, and never before it is there;
    /// -1 for without limit.
    static func patience(until next: Duration?, now: Duration) -> Int32 {
        guard let next else { return -1 }
        return next < now ? 0 : Int32(min(next - now, .seconds(3_600)).milliseconds + 1)
    }
}
