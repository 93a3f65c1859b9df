import ClusterState
import DNSWire
import NetworkTypes

/// What DNS says of one service: a pure function of the service and its slices.
struct ServiceContents: Equatable {
    enum Form: Equatable {
        /// Nothing: a headless service without ready endpoints, or one whose names cannot be.
        case absent
        /// The service has addresses of its own; endpoints have names all the same.
        case clusterIP
        /// The service's addresses are those of its ready endpoints.
        case headless
        /// Another name stands for it.
        case external(DNSName)
    }

    private(set) var form: Form
    /// The service's own name, labels without the root: `SVC.NS`.
    let name: [UInt8]
    /// The addresses at the service's name, each once.
    private(set) var addresses: [IPAddress] = []
    /// The names below the service's, by label.
    private(set) var hosts: [EndpointHost] = []
    private(set) var ports: [PortRecords] = []

    /// Nil if the service's name cannot be a name in DNS.
    ///
    /// - Parameter zoneLength: the length in octets of `svc.Z`.
    init?(_ service: Service, _ slices: [EndpointSlice], zoneLength: Int) {
        let name = service.metadata.namespacedName
        guard let name = LabelOctets.wire(name.name, name.namespace) else { return nil }
        guard name.count + zoneLength <= DNSName.maximumLength else { return nil }
        self.name = name
        form = .absent
        if service.type == .externalName {
            if let target = Self.target(of: service) { form = .external(target) }
            return
        }
        let longestLabel = DNSName.maximumLength - zoneLength - name.count - 1
        let endpoints = EndpointSet(slices, longestLabel: longestLabel)
        hosts = endpoints.hosts
        if service.isHeadless {
            form = endpoints.hosts.isEmpty ? .absent : .headless
            addresses = endpoints.addresses
            ports = endpoints.ports
        } else {
            form = .clusterIP
            addresses = Array(Set(service.clusterIPs)).sorted()
            ports = Self.ports(of: service, addresses: addresses.count)
        }
    }

    /// The service of this name when it is gone, or cannot be.
    init(absent name: [UInt8]) {
        form = .absent
        self.name = name
    }

    /// An address is no name: nothing could be asked for it.
    private static func target(of service: Service) -> DNSName? {
        guard let text = service.externalName, (try? IPAddress(parsing: text)) == nil else { return nil }
        guard let target = try? DNSName(parsing: text), !target.isRoot else { return nil }
        return target.folded
    }

    private static func ports(of service: Service, addresses: Int) -> [PortRecords] {
        var numbers: Set<UInt16> = []
        return service.ports.compactMap { port in
            guard let name = PortRecords.label(port.name) else { return nil }
            return PortRecords(
                name: name,
                transport: port.transport,
                number: port.port,
                entries: addresses,
                hosts: [],
                distinct: numbers.insert(port.port).inserted ? 1 : 0
            )
        }
    }
}

/// One name below a service's: a hostname, which several endpoints may share, or an address with dashes.
struct EndpointHost: Equatable {
    /// In lower case, without its length.
    let label: [UInt8]
    /// Each once, in order.
    var addresses: [IPAddress]
}

/// A port as SRV records tell it.
struct PortRecords: Equatable {
    /// Empty if the port has no name: it is then told at the service's own name only.
    let name: [UInt8]
    let transport: ClusterState.TransportProtocol
    let number: UInt16
    /// How many pairs of this port and an address there are: weights count them.
    var entries: Int
    /// Which of the service's `hosts` have it, by index. Empty if the service has addresses of its own.
    var hosts: [Int]
    /// Of these (or of the one target that the service itself is) so many, the first ones, do not have the same number
    /// by another port before this one: at the service's name each pair of target and number is told once.
    var distinct: Int

    /// The label, or an empty one if the port has no name; nil if that cannot be a label.
    static func label(_ name: String) -> [UInt8]? {
        name.isEmpty ? [] : LabelOctets.label(name)
    }
}
