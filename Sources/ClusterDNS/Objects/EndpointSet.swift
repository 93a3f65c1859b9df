import ClusterState
import NetworkTypes

/// The ready endpoints of a service, from all of its slices: of both families, each pair of name and address once.
struct EndpointSet {
    private struct PortKey: Hashable {
        let name: [UInt8]
        let transport: ClusterState.TransportProtocol
        let number: UInt16
    }

    /// By label.
    private(set) var hosts: [EndpointHost] = []
    private(set) var ports: [PortRecords] = []

    /// Each once, in order.
    var addresses: [IPAddress] { Array(Set(hosts.flatMap(\.addresses))).sorted() }

    /// - Parameter longestLabel: what fits before the service's name, in octets.
    init(_ slices: [EndpointSlice], longestLabel: Int) {
        var addressesByLabel: [[UInt8]: Set<IPAddress>] = [:]
        var addressesByPort: [PortKey: [[UInt8]: Set<IPAddress>]] = [:]
        for slice in slices where slice.family != nil {
            let endpoints = Self.addressesByLabel(of: slice, longestLabel: longestLabel)
            addressesByLabel.merge(endpoints) { $0.union($1) }
            for port in slice.ports {
                // A port without a number stands for all, of which no record can tell.
                guard let number = port.port, let name = PortRecords.label(port.name) else { continue }
                let key = PortKey(name: name, transport: port.transport, number: number)
                addressesByPort[key, default: [:]].merge(endpoints) { $0.union($1) }
            }
        }
        hosts = addressesByLabel.map { EndpointHost(label: $0, addresses: $1.sorted()) }
            .sorted { $0.label.lexicographicallyPrecedes($1.label) }
        let indexes = Dictionary(uniqueKeysWithValues: hosts.enumerated().map { ($1.label, $0) })
        var hostsByNumber: [UInt16: Set<Int>] = [:]
        for (key, endpoints) in addressesByPort.sorted(by: { Self.precedes($0.key, $1.key) }) where !endpoints.isEmpty {
            let all = endpoints.keys.compactMap { indexes[$0] }.sorted()
            let told = hostsByNumber[key.number] ?? []
            let distinct = all.filter { !told.contains($0) }
            hostsByNumber[key.number] = told.union(all)
            ports.append(
                PortRecords(
                    name: key.name,
                    transport: key.transport,
                    number: key.number,
                    entries: endpoints.values.reduce(0) { $0 + $1.count },
                    hosts: distinct + all.filter(told.contains),
                    distinct: distinct.count
                )
            )
        }
    }

    /// A hostname hides the form with dashes.
    private static func addressesByLabel(of slice: EndpointSlice, longestLabel: Int) -> [[UInt8]: Set<IPAddress>] {
        var result: [[UInt8]: Set<IPAddress>] = [:]
        for endpoint in slice.endpoints where endpoint.isReady {
            let hostname = endpoint.hostname.flatMap(LabelOctets.label)
            for address in endpoint.addresses {
                let label = hostname ?? DashedAddress.label(of: address)
                if label.count <= longestLabel { result[label, default: []].insert(address) }
            }
        }
        return result
    }

    private static func precedes(_ left: PortKey, _ right: PortKey) -> Bool {
        if left.name != right.name { return left.name.lexicographicallyPrecedes(right.name) }
        return (left.transport.rawValue, left.number) < (right.transport.rawValue, right.number)
    }
}
