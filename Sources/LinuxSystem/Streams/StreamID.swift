/// A stream of a loop. A number is not used again for another stream of the loop.
package struct StreamID: Hashable, Sendable {
    /// Where the stream's state is: small, and used again.
    package let index: Int32
    /// How often the place was used before.
    package let generation: UInt32

    @inlinable
    package init(index: Int32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    // Each event compares some: without these, by a look into the table of the conformance.
    @inlinable
    package static func == (left: StreamID, right: StreamID) -> Bool {
        left.index == right.index && left.generation == right.generation
    }

    @inlinable
    package static func != (left: StreamID, right: StreamID) -> Bool { !(left == right) }

    /// As the kernel keeps it with the descriptor.
    var tag: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: index)) }

    init(tag: UInt64) {
        self.init(
            index: Int32(bitPattern: UInt32(truncatingIfNeeded: tag)),
            generation: UInt32(truncatingIfNeeded: tag >> 32)
        )
    }

    /// No stream.
    @inlinable
    package static var none: StreamID { StreamID(index: -1, generation: 0) }
}

extension StreamID: CustomStringConvertible {
    package var description: String { "stream \(index).\(generation)" }
}

/// Who is at the other end of a stream.
package struct StreamPeer: Hashable, Sendable {
    package let address: PacketAddress
    package let port: UInt16

    package init(address: PacketAddress, port: UInt16) {
        self.address = address
        self.port = port
    }
}
