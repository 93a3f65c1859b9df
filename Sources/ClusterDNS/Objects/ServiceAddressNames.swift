import NetworkTypes

/// The names that a service gives to addresses: its own, and those of its endpoints.
struct ServiceAddressNames {
    /// `SVC.NS`.
    private let service: [UInt8]
    /// The addresses that the service itself has.
    private let own: Set<IPAddress>
    /// Endpoints: each host as the table has it, so that what has not changed is not even read.
    private let hosts: Set<ArraySlice<UInt8>>

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
        var hosts: Set<ArraySlice<UInt8>> = []
        for index in 0..<layout.hostCount {
            let host = layout.host(index, octets)
            hosts.insert(value[host.label.lowerBound - 1..<host.addresses.end])
        }
        self.hosts = hosts
    }

    /// Takes away the names that are no more, and gives those that are new.
    static func replace(_ former: Self, by present: Self, _ edits: inout EntryEdits) {
        for (name, address) in former.names(butNotThoseOf: present) { edits.remove(name, of: address) }
        for (name, address) in present.names(butNotThoseOf: former) { edits.add(name, of: address) }
    }

    private func names(butNotThoseOf other: Self) -> [(AddressName, IPAddress)] {
        var names = own.subtracting(other.own).map { (AddressName(rank: .service, octets: service), $0) }
        for host in hosts.subtracting(other.hosts) {
            let octets = Array(host)
            let layout = HostLayout(octets.span, at: 0)
            let name = AddressName(rank: .endpoint, octets: octets[0..<layout.label.upperBound] + service)
            names += layout.addresses.all(octets).map { (name, $0) }
        }
        return names
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
