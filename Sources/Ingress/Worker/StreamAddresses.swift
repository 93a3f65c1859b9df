import LinuxSystem
import NetworkTypes

extension IPAddress {
    init(_ address: PacketAddress) {
        self.init(family: address.isIPv4 ? .ipv4 : .ipv6, number: address.number)
    }
}

extension PacketAddress {
    init(_ address: IPAddress) {
        self.init(number: address.number, isIPv4: address.family == .ipv4)
    }
}
