internal import CLinux
internal import Glibc

/// A connection that carries packets, each behind its length.
final class PacketStream {
    /// How many packets may wait for their answers, and how many octets to be sent, before no more packets are taken.
    private static let mostUnanswered = 64
    private static let longestBacklog = 16 * 1024

    let descriptor: SharedDescriptor
    let number: UInt64
    let address: PacketAddress
    let port: UInt16
    private var frames = PacketFrames()
    /// What is to be sent.
    private var output: [UInt8] = []
    private var sent = 0
    /// How many packets are to be answered later.
    var unanswered = 0
    /// Whether the peer will send nothing more.
    private(set) var hasEnded = false
    /// Whether a packet came at all.
    private(set) var hasBegun = false
    /// Whether the ports still know it.
    var isOpen = true
    /// When a whole packet came, or something of a reply was taken, last. Pieces of a packet do not count: otherwise a
    /// stream could be kept for ever by an octet now and then.
    private(set) var lastProgress: Duration

    init(_ descriptor: SharedDescriptor, number: UInt64, _ address: PacketAddress, port: UInt16, now: Duration) {
        self.descriptor = descriptor
        self.number = number
        self.address = address
        self.port = port
        lastProgress = now
    }

    /// Whether something waits to be sent.
    var hasBacklog: Bool { sent < output.count }

    /// Whether so much waits to be answered or sent that no more packets are taken.
    var isFull: Bool { unanswered >= Self.mostUnanswered || output.count - sent > Self.longestBacklog }

    /// Whether nothing waits to be answered or sent.
    var isIdle: Bool { unanswered == 0 && !hasBacklog }

    /// Whether nothing will happen on it any more: RFC 7766 section 6.2.4 has a peer that ended its side get its replies.
    var isDone: Bool { hasEnded && isIdle }

    /// Reads what is there. Returns false if nothing more can be read now; throws when the connection broke. Not to be
    /// called while there is a next packet.
    func read(by room: PacketRoom) throws(SystemCallError) -> Bool {
        guard !hasEnded else { return false }
        guard let count = try room.read(from: descriptor.rawValue, atMost: frames.room) else { return false }
        hasEnded = count == 0
        room.withPacket(length: count) { frames.append($0) }
        return count > 0
    }

    /// Takes the next whole packet; nil if there is none.
    func next(now: Duration) -> ArraySlice<UInt8>? {
        guard let packet = frames.next() else { return nil }
        hasBegun = true
        lastProgress = now
        return packet
    }

    /// Adds a packet to what is to be sent.
    ///
    /// - Parameter packet: at most 65535 octets.
    func append(_ packet: Span<UInt8>) {
        let length = UInt16(packet.count)
        output.reserveCapacity(output.count + 2 + packet.count)
        output.append(UInt8(length >> 8))
        output.append(UInt8(truncatingIfNeeded: length))
        unsafe packet.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
    }

    /// Sends as much as the kernel takes. Length and packet leave in one piece if they fit (RFC 7766 section 8).
    func flush(now: Duration) throws(SystemCallError) {
        while sent < output.count {
            let count = try systemCallUnlessBlocked("send") {
                unsafe output.withUnsafeBytes { bytes in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                    return unsafe send(descriptor.rawValue, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            }
            guard let count else { return }
            sent += count
            lastProgress = now
        }
        output = []
        sent = 0
    }
}
