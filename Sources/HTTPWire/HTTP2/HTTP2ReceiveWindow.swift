/// How much a peer may send (RFC 9113 section 5.2), on one stream or on all of them.
struct HTTP2ReceiveWindow: Sendable {
    /// At which number of octets that are dealt with the peer is told of them: for each frame would be too often.
    private let threshold: Int
    /// How many octets may come before some are credited. Below zero, if the window was made smaller.
    private(set) var left: Int
    private var due = 0

    /// - Parameter left: how many octets the peer may send at first.
    init(size: Int, left: Int) {
        threshold = max(size / 2, 1)
        self.left = left
    }

    /// Whether so many octets more may come. If so, they have.
    @inline(__always)
    mutating func take(_ count: Int) -> Bool {
        guard count <= left else { return false }
        left &-= count
        return true
    }

    /// So many octets are dealt with. Returns how many the peer is to be told now that it may send more.
    @inline(__always)
    mutating func credit(_ count: Int) -> Int {
        due += count
        guard due >= threshold else { return 0 }
        let increment = min(due, HTTP2PeerSettings.maximumWindow - left)
        left += increment
        due = 0
        return increment
    }

    mutating func shrink(by count: Int) { left -= count }
}
