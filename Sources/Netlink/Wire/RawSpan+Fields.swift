import NetworkTypes

// Reading what the kernel wrote. Whatever the bytes are, these answer nil rather than trap.
extension RawSpan {
    /// The number at that place in host byte order, or nil if it is not all inside.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Number.Type) -> Number? {
        guard offset >= 0, byteCount - offset >= MemoryLayout<Number>.size else { return nil }
        return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
    }

    /// The one number that all of the bytes are.
    func number<Number: FixedWidthInteger & BitwiseCopyable>(as type: Number.Type) -> Number? {
        byteCount == MemoryLayout<Number>.size ? number(at: 0, as: type) : nil
    }

    /// Whether the one byte that this is, is not zero. Nil for any other length.
    var flag: Bool? { number(as: UInt8.self).map { $0 != 0 } }

    /// The index of an interface. Nil for zero, which stands for none.
    var interfaceIndex: InterfaceIndex? { number(as: UInt32.self).flatMap(InterfaceIndex.init(attribute:)) }

    /// The address that the four or sixteen bytes are.
    var ipAddress: IPAddress? {
        switch byteCount {
        case 4: number(as: UInt32.self).map { .v4(IPv4Address(rawValue: UInt32(bigEndian: $0))) }
        case 16: number(as: UInt128.self).map { .v6(IPv6Address(rawValue: UInt128(bigEndian: $0))) }
        default: nil
        }
    }

    /// The address that the six bytes are.
    var macAddress: MACAddress? {
        guard byteCount == 6, let head = number(at: 0, as: UInt32.self), let tail = number(at: 4, as: UInt16.self)
        else { return nil }
        return MACAddress(rawValue: UInt64(UInt32(bigEndian: head)) << 16 | UInt64(UInt16(bigEndian: tail)))
    }

    /// The text up to the first zero byte, or up to the end. Bytes that are not UTF-8 are replaced.
    var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        for offset in 0..<byteCount {
            guard let byte = number(at: offset, as: UInt8.self), byte != 0 else { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
