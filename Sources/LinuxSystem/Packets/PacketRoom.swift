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

    /// Gives the packet that was written or received last to `body`.
    func read(length: Int, _ body: (Span<UInt8>) -> Void) {
        let octets = octets
        body(octets.span.extracting(0..<length))
    }
}
