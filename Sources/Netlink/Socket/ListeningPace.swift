/// How long a listener rests after each batch of notifications. Waking up for a message costs more than reading it, so while
/// something happens again and again it hears of many at once; what comes after a silence it hears of at once.
struct ListeningPace {
    /// The shortest time without a notification that counts as a silence. Pods that the plugin adds one after another come
    /// every 5 to 15 ms; what somebody does to an object that was just repaired comes later, and is to be heard of before
    /// its author is gone.
    static let silence = Duration.milliseconds(20)
    static let shortest = Duration.milliseconds(10)
    /// With the work of the pass that follows, still well under the 200 ms in which what was changed is to be back.
    static let longest = Duration.milliseconds(50)

    private var last: Duration?

    /// - Parameter waited: how long nothing came after the last pause.
    mutating func pause(afterWaiting waited: Duration) -> Duration {
        let pause = waited < Self.silence ? min((last ?? Self.shortest / 2) * 2, Self.longest) : Self.shortest
        last = pause
        return pause
    }
}
