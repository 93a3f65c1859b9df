import ClusterFixtures
import ClusterState
import Ingress
import NetworkTypes

// In all tables of this folder:
//   Ingresses and services are in the namespace `shop` unless another one is written before a slash.
//   A rule is written `MATCH HOST/PATH > SERVICE:PORT`: `Prefix a.example/x > web`, `Exact /x > web:http`, `Any …` for
//   ImplementationSpecific; `a.example` alone is a rule that has a host and no paths.
//   Services `empty…` have no endpoint, `missing…` are not there, all others have the port 80 named http, and the pod
//   10.42.1.N:8080 for the Nth of them.

/// What a row of a table describes.
struct RouteCluster: Sendable {
    var ingresses: [ClusterState.Ingress] = []
    var classes: [IngressClass] = []
    var services: [Service] = []
    var slices: [EndpointSlice] = []
    var others: [ClusterObject] = []
    /// What is known of names outside the cluster.
    var names: [ExternalName: ExternalNameFinding] = [:]
    var configuration = RouteConfiguration(classes: ["linnet", "traefik"], node: nodeName("node-1"))

    init(_ describe: (inout RouteCluster) -> Void = { _ in }) {
        describe(&self)
    }

    /// One Ingress of the class `linnet`.
    init(_ rules: String..., backend: String? = nil) {
        add("web", rules, backend: backend)
    }

    /// Adds an Ingress with the services that it names.
    mutating func add(
        _ name: String,
        _ rules: [String] = [],
        backend: String? = nil,
        age: Int64? = nil,
        class className: String? = "linnet",
        _ annotations: [String: String] = [:],
        _ change: (inout ClusterState.Ingress) -> Void = { _ in }
    ) {
        let name = Self.name(name)
        var ingress = ClusterState.Ingress(
            metadata: ObjectMetadata(
                name: name.name,
                namespace: name.namespace,
                annotations: Dictionary(
                    uniqueKeysWithValues: annotations.map { ("traefik.ingress.kubernetes.io/\($0)", $1) }
                ),
                createdAt: age.map { 1_000_000 - $0 }
            )
        )
        ingress.className = className
        ingress.rules = rules.map { rule($0, in: name.namespace) }
        ingress.defaultBackend = backend.map { self.backend($0, in: name.namespace) }
        change(&ingress)
        ingresses.append(ingress)
    }

    /// Adds an IngressClass.
    mutating func add(class name: String, isDefault: Bool = false, createdAt: Int64? = nil, controller: String = "a/b")
    {
        var metadata = ObjectMetadata(name: name, createdAt: createdAt)
        if isDefault { metadata.annotations[IngressClass.defaultAnnotation] = "true" }
        classes.append(IngressClass(metadata: metadata, controller: controller))
    }

    var objects: [ClusterObject] {
        ingresses.map(ClusterObject.ingress) + classes.map(ClusterObject.ingressClass)
            + services.map(ClusterObject.service) + slices.map(ClusterObject.endpointSlice) + others
    }

    /// The table from scratch.
    var table: RouteTable {
        let store = SnapshotStore(sourceDescription: "a test", ownName: configuration.node)
        store.apply(.replace(kinds: RouteTable.neededKinds.union([.secret, .node]), with: objects), confirmedAt: 0)
        var table = RouteTable(configuration, seed: 1)
        _ = table.update(store.current, changed: .everything, names: names)
        return table
    }

    static func name(_ text: String) -> NamespacedName {
        let parts = text.split(separator: "/").map(String.init)
        return NamespacedName(namespace: parts.count == 2 ? parts[0] : "shop", name: parts[parts.count - 1])
    }

    private mutating func rule(_ text: String, in namespace: String) -> IngressRule {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count >= 2 else { return IngressRule(host: text, paths: []) }
        let slash = parts[1].firstIndex(of: "/") ?? parts[1].endIndex
        let host = String(parts[1][..<slash])
        let matches = ["Exact": IngressPath.Match.exact, "Prefix": .prefix, "Any": .implementationSpecific]
        guard let match = matches[parts[0]] else { preconditionFailure("the rule \(text)") }
        let path = IngressPath(
            path: String(parts[1][slash...]),
            match: match,
            backend: backend(parts[3], in: namespace)
        )
        return IngressRule(host: host.isEmpty ? nil : host, paths: [path])
    }

    private mutating func backend(_ text: String, in namespace: String) -> IngressBackend {
        let parts = text.split(separator: ":").map(String.init)
        if parts[0] == "resource" { return .resource(kind: "Bucket", name: "files") }
        addService("\(namespace)/\(parts[0])")
        let port = parts.count == 2 ? parts[1] : "80"
        return .service(name: parts[0], port: UInt16(port).map(PortReference.number) ?? .name(port))
    }

    private mutating func addService(_ name: String) {
        let full = Self.name(name)
        guard !services.contains(where: { $0.metadata.namespacedName == full }), !full.name.hasPrefix("missing") else {
            return
        }
        services.append(fixtureService(name, ["10.43.0.1"], ports: [ServicePort(name: "http", port: 80)]))
        guard !full.name.hasPrefix("empty") else { return }
        let pod = fixtureEndpoint("10.42.1.\(services.count)")
        slices.append(fixtureSlice(of: name, [pod], ports: [EndpointPort(name: "http", port: 8080)]))
    }
}
