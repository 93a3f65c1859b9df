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
        let hostLength = hosts.reduce(0) { $0 + $1.length }
        let hostPlaces = ServiceLayout.headerLength + v4.count + v6.count
        var place = hostPlaces + 4 * hosts.count
        octets.reserveCapacity(place + hostLength + ports.reduce(0) { $0 + $1.length })
        for count in [v4.count / 4, v6.count / 16, hosts.count, ports.count] { octets.append(bigEndian: UInt32(count)) }
        octets.append(bigEndian: UInt32(place + hostLength))
        octets += v4 + v6
        for host in hosts {
            octets.append(bigEndian: UInt32(place))
            place += host.length
        }
        for host in hosts { host.append(to: &octets) }
        for port in ports { port.append(to: &octets) }
        return octets
    }
}

extension EndpointHost {
    /// Of more addresses than two octets can count no answer could hold all.
    private var counted: ArraySlice<IPAddress> { addresses.prefix(Int(UInt16.max)) }

    /// In a service's value, in octets.
    fileprivate var length: Int {
        counted.reduce(1 + label.count + 4) { $0 + $1.family.byteCount }
    }

    fileprivate func append(to octets: inout [UInt8]) {
        octets.append(UInt8(label.count))
        octets += label
        let v4Count = counted.count { $0.family == .ipv4 }
        octets.append(bigEndian: UInt16(v4Count))
        octets.append(bigEndian: UInt16(counted.count - v4Count))
        // In order, IPv4 comes first.
        for address in counted { octets.append(address) }
    }
}

extension PortRecords {
    /// In a service's value, in octets.
    fileprivate var length: Int { 4 + name.count + 4 * (3 + hosts.count) }

    fileprivate func append(to octets: inout [UInt8]) {
        octets.append(transport.octet)
        octets.append(bigEndian: number)
        octets.append(UInt8(name.count))
        octets += name
        for count in [entries, distinct, hosts.count] { octets.append(bigEndian: UInt32(count)) }
        for host in hosts { octets.append(bigEndian: UInt32(host)) }
    }
}

extension [UInt8] {
    /// Appends an address in network byte order.
    fileprivate mutating func append(_ address: IPAddress) {
        switch address {
        case .v4(let address): append(bigEndian: address.rawValue)
        case .v6(let address): append(bigEndian: address.rawValue)
        }
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
