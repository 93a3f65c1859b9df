package import NetworkTypes

/// The addresses that pods of one subnet can have: all but the network's, the gateway's and the broadcast address.
package struct AddressRange: Hashable, Sendable {
    /// The gateway with the length of the subnet.
    package let gateway: InterfaceAddress

    package init(_ gateway: InterfaceAddress) {
        self.gateway = gateway
    }

    package var subnet: IPPrefix { gateway.network }

    package func contains(_ address: IPAddress) -> Bool {
        subnet.contains(address) && address != gateway.address && bounds.contains(address.number)
    }

    /// The address as a pod's interface carries it.
    package func interfaceAddress(_ address: IPAddress) -> InterfaceAddress {
        InterfaceAddress(address, length: gateway.length)
    }

    /// The first address after `last`, and after the end again from the beginning, that `isTaken` does not refuse.
    package func next(after last: IPAddress?, unless isTaken: (IPAddress) -> Bool) -> IPAddress? {
        let bounds = bounds
        let previous = last.flatMap { contains($0) ? $0.number : nil } ?? bounds.upperBound
        var number = previous
        repeat {
            number = number >= bounds.upperBound ? bounds.lowerBound : number + 1
            let address = IPAddress(family: subnet.family, number: number)
            if address != gateway.address, !isTaken(address) { return address }
        } while number != previous
        return nil
    }

    /// The first and the last number. IPv4 keeps its last address for broadcasts.
    private var bounds: ClosedRange<UInt128> {
        let first = subnet.base.number
        let last = subnet.last.number
        // Subnets of one or two addresses have none to spare.
        guard last - first >= 2 else { return first...last }
        return first + 1...(subnet.family == .ipv4 ? last - 1 : last)
    }
}
