package import NetworkTypes

/// What became of a question for a name's addresses.
package enum LookupAnswer: Sendable, Hashable {
    /// In no order, each once. They hold as long as each record that led to them, aliases too, but a day at most.
    case addresses([IPAddress], lifetime: Duration)
    /// There is no such name, or it has no addresses. That holds as long as the zone says (RFC 2308), but five minutes at
    /// most, and 30 s if it does not say. The reason is for people.
    case nothing(reason: String, lifetime: Duration)
    /// Nobody could tell. The reason, for people, names each server that was asked.
    case failed(reason: String)
}
