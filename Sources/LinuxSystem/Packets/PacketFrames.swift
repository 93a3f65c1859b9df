/// What came in by a stream: packets with the length of each before it in two octets (RFC 1035 section 4.2.2), in pieces
/// of any size.
package struct PacketFrames {
    /// The longest that a packet can be, with its length.
    package static let longest = 2 + Int(UInt16.max)

    private var octets: [UInt8] = []
    /// Where in `octets` the next frame begins.
    private var taken = 0

    package init() {}

    /// How many octets more may come: as many as the longest frame needs. At least one once `next` has returned nil.
    package var room: Int { max(Self.longest - (octets.count - taken), 0) }

    package mutating func append(_ received: Span<UInt8>) {
        if taken > 0 {
            octets.removeFirst(taken)
            taken = 0
        }
        unsafe received.withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
    }

    /// Takes the next whole packet, without its length; nil if there is none. Then nothing is kept but a piece of one.
    package mutating func next() -> ArraySlice<UInt8>? {
        let start = taken + 2
        guard octets.count >= start else { return rest() }
        let end = start + (Int(octets[taken]) << 8 | Int(octets[taken + 1]))
        guard octets.count >= end else { return rest() }
        taken = end
        return octets[start..<end]
    }

    /// Streams are idle most of the time, and then cost no memory here.
    private mutating func rest() -> ArraySlice<UInt8>? {
        if taken == octets.count { self = PacketFrames() }
        return nil
    }
}
