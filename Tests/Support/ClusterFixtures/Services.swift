package import ClusterState
import NetworkTypes

// Services and their slices, in the namespace that is written before the slash: `shop/web`.

/// A service with addresses of its own; without any it is headless.
package func fixtureService(_ name: String, _ addresses: [String], ports: [ServicePort] = []) -> Service {
    var service = Service(metadata: fixtureMetadata(name))
    service.clusterIPs = addresses.map { address($0) }
    service.isHeadless = addresses.isEmpty
    service.ports = ports
    return service
}

/// A service that stands for another name.
package func fixtureAlias(_ name: String, of target: String) -> Service {
    var service = Service(metadata: fixtureMetadata(name))
    service.type = .externalName
    service.externalName = target
    return service
}

/// A slice `SERVICE-SUFFIX` of a service, of the family that its first endpoint has.
package func fixtureSlice(
    of service: String,
    suffix: String = "a",
    _ endpoints: [Endpoint],
    ports: [EndpointPort] = []
) -> EndpointSlice {
    var metadata = fixtureMetadata("\(service)-\(suffix)")
    metadata.labels = [EndpointSlice.serviceNameLabel: fixtureMetadata(service).name]
    return EndpointSlice(
        metadata: metadata,
        family: endpoints.first?.addresses.first?.family ?? .ipv4,
        endpoints: endpoints,
        ports: ports
    )
}

/// An endpoint that is ready unless said otherwise.
package func fixtureEndpoint(_ text: String, host: String? = nil, isReady: Bool = true) -> Endpoint {
    var endpoint = Endpoint(addresses: [address(text)])
    endpoint.hostname = host
    endpoint.isReady = isReady
    return endpoint
}

/// A namespace as an object.
package func fixtureNamespace(_ name: String) -> Namespace {
    Namespace(metadata: ObjectMetadata(name: name))
}

private func fixtureMetadata(_ name: String) -> ObjectMetadata {
    let parts = name.split(separator: "/").map(String.init)
    precondition(parts.count == 2, "no namespace before \(name)")
    return ObjectMetadata(name: parts[1], namespace: parts[0])
}
