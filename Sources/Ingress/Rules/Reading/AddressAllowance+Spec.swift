import NetworkTypes

extension AddressAllowance {
    /// `spec.ipAllowList`
    init(_ fields: inout SpecReader) throws(SpecFault) {
        let networks = try fields.networks("sourceRange")
        guard !networks.isEmpty else {
            throw fields.fault("sourceRange", "it is empty, so nobody would be let in; list addresses or networks")
        }
        let source = try fields.nested("ipStrategy") { (fields) throws(SpecFault) in try AddressSource(&fields) }
        let status = try fields.integer("rejectStatusCode") ?? 403
        guard (400...599).contains(status) else {
            throw fields.fault("rejectStatusCode", "write a status that refuses, 400 to 599")
        }
        self.init(networks: networks, source: source ?? .peer(), rejection: UInt16(status))
    }
}

extension AddressSource {
    /// `ipStrategy`. A depth goes before excluded addresses, as in Traefik.
    init(_ fields: inout SpecReader) throws(SpecFault) {
        let depth = try fields.integer("depth") ?? 0
        let excluded = try fields.networks("excludedIPs")
        let subnetBits = try fields.integer("ipv6Subnet")
        guard subnetBits.map({ (1...128).contains($0) }) ?? true else {
            throw fields.fault("ipv6Subnet", "write a prefix length, 1 to 128")
        }
        switch depth {
        case 1...1_000: self = .depth(Int(depth), subnetBits: subnetBits.map { Int($0) })
        case 0 where !excluded.isEmpty: self = .excluding(excluded)
        case 0: self = .peer(subnetBits: subnetBits.map { Int($0) })
        default: throw fields.fault("depth", "write a place in X-Forwarded-For counted from its end, 1 or more")
        }
    }
}

extension SpecReader {
    /// Addresses and networks; bits beyond a prefix length are dropped, as Go does.
    fileprivate mutating func networks(_ name: String) throws(SpecFault) -> [IPPrefix] {
        var networks: [IPPrefix] = []
        for text in try texts(name).map({ $0.trimmed }) {
            if let address = try? IPAddress(parsing: text) {
                networks.append(IPPrefix(host: address.withoutMapping))
            } else if let network = try? InterfaceAddress(parsing: text).network {
                networks.append(network)
            } else {
                throw fault(name, "'\(text)' is neither an address nor a network; write 192.0.2.1 or 192.0.2.0/24")
            }
        }
        return networks
    }
}

extension IPAddress {
    /// The IPv4 address that an IPv6 one of ::ffff:0:0/96 stands for (RFC 4291 section 2.5.5.2); else itself.
    var withoutMapping: IPAddress {
        guard case .v6(let address) = self, address.rawValue >> 32 == 0xffff else { return self }
        return .v4(IPv4Address(rawValue: UInt32(truncatingIfNeeded: address.rawValue)))
    }
}
