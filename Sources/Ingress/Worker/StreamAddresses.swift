import LinuxSystem
import NetworkTypes

extension IPAddress {
    init(_ address: PacketAddress) {
        if address.isIPv4 {
            self = .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.low)))
        } else {
            self = .v6(IPv6Address(rawValue: UInt128(address.high) << 64 | UInt128(address.low)))
        }
    }
}

extension PacketAddress {
    init(_ address: IPAddress) {
        switch address {
        case .v4(let address): self.init(v4: address.rawValue)
        case .v6(let address):
            self.init(
                high: UInt64(truncatingIfNeeded: address.rawValue >> 64),
                low: UInt64(truncatingIfNeeded: address.rawValue)
            )
        }
    }
}
