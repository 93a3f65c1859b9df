import ClusterState

/// Something that endpoints followed, such as a pod that became ready.
struct EndpointTrigger: Hashable, Sendable {
    /// The kinds of service that CoreDNS tells apart. Only controllers write times into slices, and they follow selectors:
    /// of a headless service without one there is a time only if somebody else says so.
    enum ServiceKind: String, CaseIterable, Sendable {
        case clusterIP = "cluster_ip"
        case headlessWithSelector = "headless_with_selector"
        case headlessWithoutSelector = "headless_without_selector"

        init(_ service: Service) {
            self =
                !service.isHeadless
                ? .clusterIP : service.selector.isEmpty ? .headlessWithoutSelector : .headlessWithSelector
        }
    }

    let kind: ServiceKind
    /// In seconds since 1970, by the clock of the controller's machine.
    let time: Double
}

extension EndpointTrigger {
    /// What changed slices followed: those that say when it was, another time than before, and whose service is known.
    ///
    /// - Parameter slices: as they were before.
    static func new(
        in snapshot: ClusterSnapshot,
        since slices: ObjectTable<NamespacedName, EndpointSlice>,
        _ changed: ChangedKeys
    ) -> [EndpointTrigger] {
        guard case .keys(let keys) = changed else { return [] }
        return keys.compactMap { key in
            guard key.kind == .endpointSlice, let slice = snapshot.endpointSlices[key.namespacedName],
                let time = slice.triggeredAt, time != slices[key.namespacedName]?.triggeredAt,
                let service = slice.service.flatMap({ snapshot.services[$0] })
            else { return nil }
            return EndpointTrigger(kind: ServiceKind(service), time: time)
        }
    }
}
