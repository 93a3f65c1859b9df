/// Which credentials were compared with which hash, and with what result. A hash says the same for ever, and one that
/// changed has another key: nothing here goes out of date.
struct PasswordMemo {
    private var right: RecentlyUsed<PasswordCheck.Key, Void>
    /// Apart, so that guessing does not push out those who know theirs.
    private var wrong: RecentlyUsed<PasswordCheck.Key, Void>

    init(capacity: Int) {
        right = RecentlyUsed(capacity: capacity)
        wrong = RecentlyUsed(capacity: capacity)
    }

    mutating func isRight(_ key: PasswordCheck.Key) -> Bool? {
        if right.value(for: key) != nil { return true }
        return wrong.value(for: key) != nil ? false : nil
    }

    mutating func remember(_ key: PasswordCheck.Key, isRight: Bool) {
        if isRight { right.set((), for: key) } else { wrong.set((), for: key) }
    }
}
