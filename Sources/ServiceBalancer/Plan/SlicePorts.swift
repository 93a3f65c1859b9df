import ClusterState
import NetworkTypes

/// The slices of a service in one family, with their ports in order: those of one of its ports are found without a look at
/// all the others, which may be thousands.
struct SlicePorts {
    /// A port of the endpoints of a slice.
    struct Place {
        fileprivate let name: String
        fileprivate let transport: ClusterState.TransportProtocol
        /// 1…65535.
        let number: UInt16
        let endpoints: [Endpoint]
        /// Its place in the slices, read by their names.
        fileprivate let order: Int
    }

    /// By name and protocol; of those that are equal in these the first slice by name comes first.
    private let places: [Place]

    /// - Parameter slices: those of the service, of any family, in no order.
    init(_ slices: [SliceIndex.Slice], _ family: AddressFamily) {
        var places: [Place] = []
        let byName =
            slices.count > 1 ? slices.sorted { $0.object.metadata.name < $1.object.metadata.name } : slices
        for slice in byName where slice.object.family == family && !slice.object.isLeftOut {
            for port in slice.object.ports {
                guard let number = port.port, number > 0 else { continue }
                places.append(
                    Place(
                        name: port.name,
                        transport: port.transport,
                        number: number,
                        endpoints: slice.object.endpoints,
                        order: places.count
                    )
                )
            }
        }
        places.sort { left, right in
            left.isOf(right.name, right.transport)
                ? left.order < right.order : Self.precedes(left, right.name, right.transport)
        }
        self.places = places
    }

    /// Where a port of the service is answered, in the order of the slices' names.
    func places(of port: ServicePort) -> ArraySlice<Place> {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(places[middle], port.name, port.transport) { low = middle + 1 } else { high = middle }
        }
        return places[low...].prefix { $0.isOf(port.name, port.transport) }
    }

    private static func precedes(
        _ place: Place,
        _ name: String,
        _ transport: ClusterState.TransportProtocol
    ) -> Bool {
        place.name == name ? place.transport.number.rawValue < transport.number.rawValue : place.name < name
    }
}

extension SlicePorts.Place {
    fileprivate func isOf(_ name: String, _ transport: ClusterState.TransportProtocol) -> Bool {
        self.name == name && self.transport == transport
    }
}

extension EndpointSlice {
    /// Whether no proxy is to read it.
    var isLeftOut: Bool { ServiceLabel.leaveOut(metadata.labels) }
}
