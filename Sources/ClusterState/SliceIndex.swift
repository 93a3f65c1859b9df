/// Which slices belong to which service, also when a slice is gone or has changed its service.
package struct SliceIndex: Sendable, Equatable {
    package typealias Slice = ObjectTable<NamespacedName, EndpointSlice>.Reference

    private var services: [NamespacedName: NamespacedName] = [:]
    private var slices: [NamespacedName: [Slice]] = [:]

    package init() {}

    /// The index of all slices there are.
    package init(_ snapshot: ClusterSnapshot) {
        services.reserveCapacity(snapshot.endpointSlices.count)
        slices.reserveCapacity(snapshot.endpointSlices.count)
        snapshot.endpointSlices.forEach { name, slice in
            guard let service = slice.object.service else { return }
            services[name] = service
            slices[service, default: []].append(slice)
        }
    }

    /// Notes a slice as it is in the snapshot. Returns the services that this concerns.
    package mutating func note(_ name: NamespacedName, in snapshot: ClusterSnapshot) -> [NamespacedName] {
        let slice = snapshot.endpointSlices.reference(to: name)
        let former = services[name]
        let service = slice?.object.service
        services[name] = service
        if let former {
            slices[former]?.removeAll { $0.object.metadata.namespacedName == name }
            if former != service, slices[former]?.isEmpty == true { slices[former] = nil }
        }
        if let slice, let service { slices[service, default: []].append(slice) }
        return [former, service].compactMap(\.self)
    }

    /// The slices of a service, in no order.
    package func slices(of service: NamespacedName) -> [Slice] { slices[service] ?? [] }

    package static func == (left: SliceIndex, right: SliceIndex) -> Bool {
        left.services == right.services
    }
}
