import ClusterState
import NetworkTypes

/// The ready endpoints of a service, from all of its slices: of both families, each pair of name and address once.
struct EndpointSet {
    /// By label.
    private(set) var hosts: [EndpointHost] = []
    private(set) var ports: [PortRecords] = []

    /// Each once, in order.
    var addresses: [IPAddress] {
        var v4: [UInt32] = []
        var v6: [UInt128] = []
        for address in hosts.lazy.flatMap(\.addresses) {
            switch address {
            case .v4(let address): v4.append(address.rawValue)
            case .v6(let address): v6.append(address.rawValue)
            }
        }
        v4.sort()
        v6.sort()
        return Self.once(v4).map { .v4(IPv4Address(rawValue: $0)) }
            + Self.once(v6).map { .v6(IPv6Address(rawValue: $0)) }
    }

    /// Sorted numbers, each once.
    private static func once<Number: Equatable>(_ numbers: [Number]) -> [Number] {
        numbers.indices.filter { $0 == 0 || numbers[$0] != numbers[$0 - 1] }.map { numbers[$0] }
    }

    /// - Parameter longestLabel: what fits before the service's name, in octets.
    init(_ slices: [EndpointSlice], longestLabel: Int) {
        var pairs: [EndpointPair] = []
        for (index, slice) in slices.enumerated() where slice.family != nil {
            pairs += EndpointPair.all(in: slice, number: index).filter { $0.label.count <= longestLabel }
        }
        pairs.sort()
        /// The host of each pair.
        var hostIndexes: [Int] = []
        hostIndexes.reserveCapacity(pairs.count)
        for pair in pairs {
            if hosts.last?.label != pair.label { hosts.append(EndpointHost(label: pair.label, addresses: [])) }
            let index = hosts.count - 1
            if hosts[index].addresses.last != pair.address { hosts[index].addresses.append(pair.address) }
            hostIndexes.append(index)
        }
        var toldByNumber: [UInt16: Set<Int>] = [:]
        for (key, members) in Self.slicesByPort(slices) {
            let endpoints = Self.endpoints(of: members, pairs, hostIndexes)
            guard endpoints.entries > 0 else { continue }
            let told = toldByNumber[key.number]
            toldByNumber[key.number] = (told ?? []).union(endpoints.hosts)
            let again = told.map { told in endpoints.hosts.filter(told.contains) } ?? []
            let distinct = told.map { told in endpoints.hosts.filter { !told.contains($0) } } ?? endpoints.hosts
            ports.append(
                PortRecords(
                    name: key.name,
                    transport: key.transport,
                    number: key.number,
                    entries: endpoints.entries,
                    hosts: distinct + again,
                    distinct: distinct.count
                )
            )
        }
    }

    /// The ports in order, each with the slices that have it, by number.
    private static func slicesByPort(_ slices: [EndpointSlice]) -> [(key: PortKey, members: Set<Int>)] {
        var members: [PortKey: Set<Int>] = [:]
        for (index, slice) in slices.enumerated() where slice.family != nil {
            for port in slice.ports {
                // A port without a number stands for all, of which no record can tell.
                guard let number = port.port, let name = PortRecords.label(port.name) else { continue }
                members[PortKey(name: name, transport: port.transport, number: number), default: []].insert(index)
            }
        }
        return members.sorted { $0.key < $1.key }.map { (key: $0.key, members: $0.value) }
    }

    /// The hosts in some slices, in order, and how many pairs of host and address these are.
    private static func endpoints(
        of members: Set<Int>,
        _ pairs: [EndpointPair],
        _ hostIndexes: [Int]
    ) -> (hosts: [Int], entries: Int) {
        var hosts: [Int] = []
        var entries = 0
        var last: IPAddress?
        for (pair, host) in zip(pairs, hostIndexes) where members.contains(pair.slice) {
            if hosts.last != host {
                hosts.append(host)
                last = nil
            }
            if last != pair.address { entries += 1 }
            last = pair.address
        }
        return (hosts, entries)
    }
}

/// A port of slices.
private struct PortKey: Hashable, Comparable {
    let name: [UInt8]
    let transport: ClusterState.TransportProtocol
    let number: UInt16

    static func < (left: PortKey, right: PortKey) -> Bool {
        if left.name != right.name { return left.name.lexicographicallyPrecedes(right.name) }
        return (left.transport.rawValue, left.number) < (right.transport.rawValue, right.number)
    }
}

/// A ready endpoint's name and one of its addresses, as one slice has them. In order of labels, then of addresses.
private struct EndpointPair: Comparable {
    let label: [UInt8]
    let address: IPAddress
    /// The number of the slice.
    let slice: Int
    /// The label's first sixteen octets, by which nearly all are told apart at once.
    private let prefix: UInt128

    private init(_ label: [UInt8], _ address: IPAddress, slice: Int) {
        self.label = label
        self.address = address
        self.slice = slice
        var prefix: UInt128 = 0
        for index in 0..<16 { prefix = prefix << 8 | UInt128(index < label.count ? label[index] : 0) }
        self.prefix = prefix
    }

    /// A hostname hides the form with dashes.
    static func all(in slice: EndpointSlice, number: Int) -> [EndpointPair] {
        slice.endpoints.filter(\.isReady).flatMap { endpoint in
            let hostname = endpoint.hostname.flatMap(LabelOctets.label)
            return endpoint.addresses.map { EndpointPair(hostname ?? DashedAddress.label(of: $0), $0, slice: number) }
        }
    }

    static func < (left: EndpointPair, right: EndpointPair) -> Bool {
        if left.prefix != right.prefix { return left.prefix < right.prefix }
        if left.label != right.label { return left.label.lexicographicallyPrecedes(right.label) }
        return left.address == right.address ? left.slice < right.slice : left.address < right.address
    }
}
