extension Duration {
    /// Whole milliseconds, for what is compared often: a duration has 128 bits.
    @inline(__always)
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    }
}
