import NetworkTypes

/// The names that a service gives to addresses: its own, and those of its endpoints.
struct ServiceAddressNames {
    /// `SVC.NS`.
    private let service: [UInt8]
    /// The addresses that the service itself has.
    private let own: Set<IPAddress>
    /// Endpoints in order of labels: each host as the table has it, so that what has not changed is not even read.
    private let hosts: [ArraySlice<UInt8>]

    /// - Parameter value: the service as the table has it; nil if it has none.
    init(_ service: [UInt8], _ value: [UInt8]?) {
        self.service = service
        guard let value else {
            own = []
            hosts = []
            return
        }
        let octets = value.span
        let layout = ServiceLayout(octets, at: 0)
        own = layout.form == .clusterIP ? Set(layout.addresses.all(value)) : []
        var hosts: [ArraySlice<UInt8>] = []
        hosts.reserveCapacity(layout.hostCount)
        for index in 0..<layout.hostCount {
            let host = layout.host(index, octets)
            hosts.append(value[host.label.lowerBound - 1..<host.addresses.end])
        }
        self.hosts = hosts
    }

    /// Takes away the names that are no more, and gives those that are new.
    static func replace(_ former: Self, by present: Self, _ edits: inout EntryEdits) {
        for address in former.own.subtracting(present.own) { edits.remove(former.ownName, of: address) }
        for address in present.own.subtracting(former.own) { edits.add(present.ownName, of: address) }
        let (gone, new) = differences(former.hosts, present.hosts)
        for host in gone {
            for (name, address) in former.names(of: host) { edits.remove(name, of: address) }
        }
        for host in new {
            for (name, address) in present.names(of: host) { edits.add(name, of: address) }
        }
    }

    private var ownName: AddressName { AddressName(rank: .service, octets: service) }

    private func names(of host: ArraySlice<UInt8>) -> [(AddressName, IPAddress)] {
        let octets = Array(host)
        let layout = HostLayout(octets.span, at: 0)
        let name = AddressName(rank: .endpoint, octets: octets[0..<layout.label.upperBound] + service)
        return layout.addresses.all(octets).map { (name, $0) }
    }

    /// The hosts that only the first list has, and those that only the second has. Both are in order of labels.
    private static func differences(
        _ former: [ArraySlice<UInt8>],
        _ present: [ArraySlice<UInt8>]
    ) -> (gone: [ArraySlice<UInt8>], new: [ArraySlice<UInt8>]) {
        var gone: [ArraySlice<UInt8>] = []
        var new: [ArraySlice<UInt8>] = []
        var (old, next) = (0, 0)
        while old < former.count || next < present.count {
            if old < former.count, next < present.count, former[old] == present[next] {
                old += 1
                next += 1
            } else if next == present.count || (old < former.count && precedes(former[old], present[next])) {
                gone.append(former[old])
                old += 1
            } else {
                new.append(present[next])
                next += 1
            }
        }
        return (gone, new)
    }

    /// By labels, then by all else.
    private static func precedes(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Bool {
        let (leftLabel, rightLabel) = (label(left), label(right))
        return leftLabel == rightLabel
            ? left.lexicographicallyPrecedes(right) : leftLabel.lexicographicallyPrecedes(rightLabel)
    }

    private static func label(_ host: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        host[host.startIndex + 1..<host.startIndex + 1 + Int(host[host.startIndex])]
    }
}

extension AddressLayout {
    /// The addresses themselves.
    fileprivate func all(_ octets: [UInt8]) -> [IPAddress] {
        AddressFamily.allCases.flatMap { family in
            (0..<count(family)).compactMap { IPAddress(bytes: octets[range($0, family)]) }
        }
    }
}
