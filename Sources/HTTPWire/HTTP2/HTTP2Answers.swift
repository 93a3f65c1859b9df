/// How many octets of answers to frames wait in the output: a peer that makes us answer and does not read would fill it.
///
/// They stand among others, and nobody tells when octets leave. So they are counted in two lots, each of which is forgotten
/// once as much has left as there was up to its end.
struct HTTP2Answers: Sendable {
    /// Of all that was ever appended to the output.
    var appended = 0

    private var older = Lot()
    private var newer = Lot()

    private struct Lot: Sendable {
        var octets = 0
        /// How much had been appended behind it.
        var end = 0
    }

    /// Counts an answer that was appended. Returns how many octets of answers wait, or a few more.
    ///
    /// - Parameter waiting: the octets in the output.
    mutating func count(_ octets: Int, waiting: Int) -> Int {
        let left = appended &- waiting
        if older.end <= left {
            older = newer.end <= left ? Lot() : newer
            newer = Lot()
        }
        newer.octets &+= octets
        newer.end = appended
        return older.octets &+ newer.octets
    }
}
