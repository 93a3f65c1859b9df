/// Which slices belong to which service, also when a slice is gone or has changed its service.
package struct SliceIndex: Sendable, Equatable {
    private var services: [NamespacedName: NamespacedName] = [:]
    private var slices: [NamespacedName: [NamespacedName]] = [:]

    package init() {}

    /// Notes a slice as it is now, nil if it is gone. Returns the services that this concerns.
    package mutating func set(_ slice: EndpointSlice?, named name: NamespacedName) -> [NamespacedName] {
        let former = services[name]
        let service = slice?.service
        services[name] = service
        if former != service {
            if let former {
                slices[former]?.removeAll { $0 == name }
                if slices[former]?.isEmpty == true { slices[former] = nil }
            }
            if let service { slices[service, default: []].append(name) }
        }
        return [former, service].compactMap(\.self)
    }

    /// The slices of a service, in no order.
    package func slices(of service: NamespacedName, in snapshot: ClusterSnapshot) -> [EndpointSlice] {
        (slices[service] ?? []).compactMap { snapshot.endpointSlices[$0] }
    }

    package static func == (left: SliceIndex, right: SliceIndex) -> Bool {
        left.services == right.services
    }
}
