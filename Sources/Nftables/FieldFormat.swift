internal import NetworkTypes

/// How the bytes of a field are written in nft's language.
enum FieldFormat {
    case address(AddressFamily)
    case port
    case l4proto
    case networkProtocol
    /// A number in host byte order, hexadecimal: marks, masks.
    case hexadecimal
    /// A number in host byte order.
    case decimal
    case interface
    case connectionState
    case connectionStatus
    case addressType
    case raw

    func text(_ bytes: [UInt8]) -> String {
        switch self {
        case .address:
            if let address = IPAddress(bytes: bytes) { return "\(address)" }
        case .port:
            if bytes.count == 2 { return "\(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))" }
        case .l4proto:
            if bytes.count == 1 { return "\(TransportProtocol(rawValue: bytes[0]))" }
        case .networkProtocol:
            if bytes.count == 1 { return bytes[0] == 2 ? "ipv4" : bytes[0] == 10 ? "ipv6" : "\(bytes[0])" }
        case .hexadecimal:
            if let number = UInt32(hostBytes: bytes) { return "0x" + String(number, radix: 16) }
        case .decimal:
            if let number = UInt32(hostBytes: bytes) { return "\(number)" }
        case .interface:
            // A name that is shorter than the field and has no NUL stands for all that begin so.
            let name = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            return bytes.contains(0) ? "\"\(name)\"" : "\"\(name)*\""
        case .connectionState:
            if let number = UInt32(hostBytes: bytes) { return ConntrackStates(rawValue: number).description }
        case .connectionStatus:
            if let number = UInt32(hostBytes: bytes) { return number == 32 ? "dnat" : "0x" + String(number, radix: 16) }
        case .addressType:
            if let number = UInt32(hostBytes: bytes) { return number == 2 ? "local" : "\(number)" }
        case .raw:
            break
        }
        return "0x" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Selector {
    var format: FieldFormat {
        switch self {
        case .ip4: .address(.ipv4)
        case .ip6: .address(.ipv6)
        case .port: .port
        case .l4proto: .l4proto
        case .networkProtocol: .networkProtocol
        case .mark: .hexadecimal
        case .inputInterface, .outputInterface: .interface
        case .numgen: .decimal
        case .addressType: .addressType
        case .originalDestination(let family): .address(family)
        case .originalDestinationPort: .port
        case .vxlanSource: .raw
        }
    }
}

extension ConntrackStates: CustomStringConvertible {
    /// The states as nft writes them.
    package var description: String {
        let names = ["invalid", "established", "related", "new"]
        let named = names.enumerated().filter { rawValue & 1 << UInt32($0.offset) != 0 }.map(\.element)
        return (named + (contains(.untracked) ? ["untracked"] : [])).joined(separator: ",")
    }
}
