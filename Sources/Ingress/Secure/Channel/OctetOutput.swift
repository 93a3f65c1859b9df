import NIOCore

/// Octets that are to leave, in order.
struct OctetOutput {
    private var octets = ByteBuffer()

    /// How many there are.
    var count: Int { octets.readableBytes }

    /// The first buffer is held, not copied: its writer usually waits until it has left.
    mutating func append(_ buffer: consuming ByteBuffer) {
        if octets.readableBytes == 0 { octets = buffer } else { octets.writeBuffer(&buffer) }
    }

    /// Lends all of them, and removes as many of the first as `body` says that it took.
    mutating func drain(_ body: (Span<UInt8>) -> Int) {
        guard count > 0 else { return }
        let taken = body(octets.readableBytesUInt8Span)
        // Whose buffer it is may now use it again without another copy of it.
        if taken >= count { octets = ByteBuffer() } else { octets.moveReaderIndex(forwardBy: taken) }
    }
}
