/// What is to be done after an event of an `AddressLookup`, in this order.
struct LookupActions: Sendable {
    /// Attempts that nothing is waited for any more.
    var ends: [ForwarderAttempt.ID] = []
    var starts: [ForwarderAttempt] = []
}

/// How long is waited for what, and how often is asked.
enum LookupTimes {
    /// For the reply of one server to one packet.
    static let attempt = Duration.seconds(2)
    /// For the addresses of the other family, once those of one are known.
    static let patience = Duration.seconds(2)
    /// For all of it.
    static let whole = Duration.seconds(20)
    /// How often each server is asked for the same name.
    static let rounds = 2
    /// How many names may be asked for, one behind the other, where a server leaves it to us to follow an alias.
    static let mostAliases = 8
    /// How long the absence of addresses holds if nobody says it, in seconds.
    static let absence: UInt32 = 30
}
