package import ClusterState
import NetworkTypes

/// A sequence of numbers that is the same each time (SplitMix64).
package struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// One of few objects of any kind, in one of few forms, so that the same one comes again, changed or not.
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
    case .ingress: return .ingress(Ingress(metadata: metadata))
    case .ingressClass: return .ingressClass(IngressClass(metadata: metadata, controller: form))
    case .middleware: return .middleware(Middleware(metadata: metadata, spec: .string(form)))
    }
}
