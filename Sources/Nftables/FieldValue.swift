package import NetworkTypes

/// A value that a field of a packet is compared with, or that is a field of a set element's key or data.
package enum FieldValue: Hashable, Sendable {
    case address(IPAddress)
    case port(UInt16)
    case l4proto(TransportProtocol)
    /// A number that the kernel keeps in host byte order: a mark, an index from numgen, a kind of address.
    case number(UInt32)
    /// An interface's name: at most 15 bytes.
    case interface(String)
    /// The bytes as the kernel has them.
    case bytes([UInt8])

    /// The bytes as they stand in a register, not padded.
    package var bytes: [UInt8] {
        switch self {
        case .address(let address): address.bytes
        case .port(let port): [UInt8(port >> 8), UInt8(truncatingIfNeeded: port)]
        case .l4proto(let transport): [transport.rawValue]
        case .number(let number): number.hostBytes
        case .interface(let name): Array((Array(name.utf8.prefix(15)) + Array(repeating: 0, count: 16)).prefix(16))
        case .bytes(let bytes): bytes
        }
    }

    /// How many bytes these are.
    var byteCount: Int {
        switch self {
        case .address(let address): address.family.byteCount
        case .port: 2
        case .l4proto: 1
        case .number: 4
        case .interface: 16
        case .bytes(let bytes): bytes.count
        }
    }

    /// Appends the bytes; of what elements are mostly made of, without a list of their own.
    func append(to result: inout [UInt8]) {
        switch self {
        case .address(.v4(let address)): Self.append(address.rawValue, to: &result)
        case .port(let port):
            result.append(UInt8(port >> 8))
            result.append(UInt8(truncatingIfNeeded: port))
        case .l4proto(let transport): result.append(transport.rawValue)
        case .number(let number): Self.append(UInt32(bigEndian: number), to: &result)
        default: result += bytes
        }
    }

    /// Appends the number, its highest byte first.
    private static func append(_ number: UInt32, to result: inout [UInt8]) {
        for byte in 0..<4 { result.append(UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * byte))) }
    }
}

extension UInt32 {
    /// The four bytes as they stand in this machine's memory.
    var hostBytes: [UInt8] {
        let wire = UInt32(bigEndian: self)
        return (0..<4).map { UInt8(truncatingIfNeeded: wire >> UInt32(24 - 8 * $0)) }
    }

    /// The number whose bytes in this machine's memory these are: exactly four, else nil.
    init?(hostBytes bytes: some Collection<UInt8>) {
        guard bytes.count == 4 else { return nil }
        let wire = bytes.reduce(0) { $0 << 8 | UInt32($1) }
        self = wire.bigEndian
    }
}
