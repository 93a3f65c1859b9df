import DNSWire
import NetworkTypes

/// How the table has a service: its first octet is the form. A number is of four octets unless said otherwise.
///
/// An external one goes on with the target in wire form; the others with the numbers of IPv4 addresses, IPv6 addresses,
/// hosts and ports, the place of the first port (all places count from the value's start), the addresses, the place of
/// each host, the hosts, the ports.
///
/// A host: length of the label, label, numbers of IPv4 and IPv6 addresses (two octets each), addresses.
/// A port: transport, number (two octets), length of the name, name, entries, distinct hosts, hosts, their indexes.
enum ServiceForm: UInt8 {
    case absent
    case clusterIP
    case headless
    case external
}

extension ServiceContents {
    /// The value in the table.
    var octets: [UInt8] {
        switch form {
        case .absent: [ServiceForm.absent.rawValue]
        case .external(let target): [ServiceForm.external.rawValue] + target.wire
        case .clusterIP: records(.clusterIP)
        case .headless: records(.headless)
        }
    }

    private func records(_ form: ServiceForm) -> [UInt8] {
        var octets = [form.rawValue]
        let (v4, v6) = addresses.octetsByFamily
        let hostBlocks = hosts.map(\.octets)
        let hostPlaces = ServiceLayout.headerLength + v4.count + v6.count
        var place = hostPlaces + 4 * hosts.count
        for count in [v4.count / 4, v6.count / 16, hosts.count, ports.count] { octets.append(bigEndian: UInt32(count)) }
        octets.append(bigEndian: UInt32(hostBlocks.reduce(place) { $0 + $1.count }))
        octets += v4 + v6
        for block in hostBlocks {
            octets.append(bigEndian: UInt32(place))
            place += block.count
        }
        for block in hostBlocks { octets += block }
        for port in ports { octets += port.octets }
        return octets
    }
}

extension EndpointHost {
    /// As part of a service's value. Of more addresses than two octets can count no answer could hold all.
    fileprivate var octets: [UInt8] {
        let (v4, v6) = addresses.prefix(Int(UInt16.max)).octetsByFamily
        var octets = [UInt8(label.count)] + label
        octets.append(bigEndian: UInt16(v4.count / 4))
        octets.append(bigEndian: UInt16(v6.count / 16))
        return octets + v4 + v6
    }
}

extension PortRecords {
    fileprivate var octets: [UInt8] {
        var octets = [transport.octet]
        octets.append(bigEndian: number)
        octets += [UInt8(name.count)] + name
        for count in [entries, distinct, hosts.count] + hosts { octets.append(bigEndian: UInt32(count)) }
        return octets
    }
}

extension Sequence<IPAddress> {
    /// The octets of the IPv4 addresses, and those of the IPv6 ones.
    var octetsByFamily: ([UInt8], [UInt8]) {
        var octets: ([UInt8], [UInt8]) = ([], [])
        for address in self {
            switch address {
            case .v4(let address): octets.0.append(bigEndian: address.rawValue)
            case .v6(let address): octets.1.append(bigEndian: address.rawValue)
            }
        }
        return octets
    }
}
