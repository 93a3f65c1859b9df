/// How long a listener rests after each batch of notifications. Waking up for a message costs more than reading it, so while
/// something happens again and again it hears of many at once; what comes after a silence it hears of at once.
struct ListeningPace {
    /// The shortest time without a notification that counts as a silence: pods that are added one after another by the
    /// plugin come every 10 to 30 ms.
    static let silence = Duration.milliseconds(100)
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
