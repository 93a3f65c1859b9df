internal import Glibc

/// Room for one packet of any length, which a thread uses again and again.
final class PacketRoom {
    private var octets = [UInt8](repeating: 0, count: Int(UInt16.max))

    /// Has a packet written from the front on and returns its length.
    func fill(_ body: (inout OutputSpan<UInt8>) -> Void) -> Int {
        unsafe octets.withUnsafeMutableBufferPointer { buffer in
            var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
            body(&output)
            return unsafe output.finalize(for: buffer)
        }
    }

    /// Receives a datagram and returns its length, or nil if none waits.
    func receive(from descriptor: Int32) throws(SystemCallError) -> Int? {
        try systemCallUnlessBlocked("recv") {
            unsafe octets.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        }
    }

    /// Reads a piece of a stream and returns its length: 0 at the stream's end, nil if nothing waits.
    func read(from descriptor: Int32, atMost limit: Int) throws(SystemCallError) -> Int? {
        try systemCallUnlessBlocked("read") {
            unsafe octets.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, min($0.count, limit))
            }
        }
    }

    /// Gives what was written or received last to `body`, which must not use the room again.
    func withPacket(length: Int, _ body: (Span<UInt8>) -> Void) {
        let octets = octets
        body(octets.span.extracting(0..<length))
    }
}
