package import ClusterState
import NetworkTypes
package import SeededNumbers

/// One of few objects of any kind, in one of few forms, so that the same one comes again, changed or not.
/// An Ingress names the Secret that is called as it is.
package func randomObject(using random: inout SeededNumbers) -> ClusterObject {
    let number = Int.random(in: 1...5, using: &random)
    let form = "\(Int.random(in: 0..<3, using: &random))"
    let kind = ObjectKind.allCases.randomElement(using: &random) ?? .node
    let metadata = ObjectMetadata(
        name: "object-\(number)",
        namespace: kind.isNamespaced ? "space-\(number % 2)" : nil,
        labels: ["form": form]
    )
    switch kind {
    case .node:
        var node = fixtureNode(number)
        node.labels = ["form": form]
        return .node(node)
    case .namespace: return .namespace(Namespace(metadata: metadata))
    case .service: return .service(Service(metadata: metadata))
    case .endpointSlice: return .endpointSlice(EndpointSlice(metadata: metadata, family: .ipv4))
    case .secret: return .secret(Secret(metadata: metadata))
    case .configMap: return .configMap(ConfigMap(metadata: metadata, data: ["form": form]))
    case .ingress:
        var ingress = Ingress(metadata: metadata)
        ingress.tls = [IngressTLS(hosts: [], secretName: metadata.name)]
        return .ingress(ingress)
    case .ingressClass: return .ingressClass(IngressClass(metadata: metadata, controller: form))
    case .middleware: return .middleware(Middleware(metadata: metadata, spec: .string(form)))
    }
}
