internal import CLinux
internal import Glibc

/// A connection that carries packets, each behind its length.
final class PacketStream {
    /// The longest that a packet can be, with its length before it.
    static let longestFrame = 2 + Int(UInt16.max)

    let descriptor: SharedDescriptor
    let number: UInt64
    let address: PacketAddress
    let port: UInt16
    /// What was received and not taken yet.
    private var input: [UInt8] = []
    /// Where in `input` the next frame begins.
    private var taken = 0
    /// What is to be sent.
    private var output: [UInt8] = []
    private var sent = 0
    /// How many packets are to be answered later.
    var unanswered = 0
    /// Whether the peer will send nothing more.
    private(set) var hasEnded = false
    /// Whether a packet came at all.
    private(set) var hasBegun = false
    /// When something was received or sent last.
    var lastActive: Duration

    init(_ descriptor: SharedDescriptor, number: UInt64, _ address: PacketAddress, port: UInt16, now: Duration) {
        self.descriptor = descriptor
        self.number = number
        self.address = address
        self.port = port
        lastActive = now
    }

    /// How much waits to be sent, in octets.
    var backlog: Int { output.count - sent }

    /// Reads what is there, as far as the longest frame needs it. Returns false if nothing more can be read now; throws
    /// when the connection broke.
    func read() throws(SystemCallError) -> Bool {
        if taken > 0 {
            input.removeSubrange(..<taken)
            taken = 0
        }
        let room = Self.longestFrame - input.count
        guard room > 0, !hasEnded else { return false }
        let size = min(room, 4096)
        let start = input.count
        input.append(contentsOf: repeatElement(0, count: size))
        var count: Int?
        defer { input.removeSubrange((start + (count ?? 0))...) }
        count = try systemCallUnlessBlocked("read") {
            unsafe input.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor.rawValue, $0.baseAddress! + start, size)
            }
        }
        if count == 0 { hasEnded = true }
        return (count ?? 0) > 0
    }

    /// Gives the next whole packet to `body`. Returns nil if there is none.
    func next<Result>(_ body: (Span<UInt8>) -> Result) -> Result? {
        guard input.count - taken >= 2 else { return nil }
        let length = Int(input[taken]) << 8 | Int(input[taken + 1])
        let start = taken + 2
        guard input.count - start >= length else { return nil }
        taken = start + length
        hasBegun = true
        let input = input
        return body(input.span.extracting(start..<start + length))
    }

    /// Adds a packet to what is to be sent.
    func append(_ packet: Span<UInt8>) {
        output.append(UInt8(truncatingIfNeeded: packet.count >> 8))
        output.append(UInt8(truncatingIfNeeded: packet.count))
        for index in packet.indices { output.append(packet[index]) }
    }

    /// Sends as much as the kernel takes. Length and packet leave in one piece if they fit (RFC 7766 section 8).
    func flush() throws(SystemCallError) {
        while sent < output.count {
            let count = try systemCallUnlessBlocked("send") {
                unsafe output.withUnsafeBytes { bytes in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                    return unsafe send(descriptor.rawValue, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                }
            }
            guard let count else { return }
            sent += count
        }
        output.removeAll(keepingCapacity: output.capacity <= 64 * 1024)
        sent = 0
    }
}
