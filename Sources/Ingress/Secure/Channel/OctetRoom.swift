import NIOCore

/// Room that the channels of a loop use one after the other, so that an idle connection holds none.
package final class OctetRoom {
    /// The loop whose channels these are.
    package let loop: LoopEventLoop
    private var spare: [ByteBuffer] = []

    package init(of loop: LoopEventLoop) {
        self.loop = loop
    }

    /// An empty buffer with room for a record of TLS.
    func take() -> ByteBuffer {
        guard var buffer = spare.popLast() else { return ByteBufferAllocator().buffer(capacity: Self.size) }
        // Whoever still holds what it held before keeps it; then this is new memory.
        buffer.clear()
        return buffer
    }

    /// Takes back a buffer for the next who needs one.
    func giveBack(_ buffer: consuming ByteBuffer) {
        if spare.count < Self.kept, buffer.capacity <= Self.limit { spare.append(buffer) }
    }

    /// A record holds 16384 octets and what encryption adds to them (RFC 8446 section 5.2).
    private static let size = 16_384 + 256
    /// What a large write has made larger is not kept.
    private static let limit = 65_536
    private static let kept = 4
}
