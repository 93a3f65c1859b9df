import ClusterState

/// Whose health check is answered on which port: of two services that have one port the first by name.
struct HealthCheckPorts: Hashable, Sendable {
    /// A service whose port is another one's.
    struct Surplus: Hashable, Sendable {
        let service: NamespacedName
        let port: UInt16
        let holder: NamespacedName
    }

    private(set) var services: [UInt16: NamespacedName] = [:]
    /// In order of services.
    private(set) var surplus: [Surplus] = []

    init(_ plans: [NamespacedName: HealthCheckPlan] = [:]) {
        for (name, plan) in plans.sorted(by: { $0.key < $1.key }) {
            if let holder = services[plan.port] {
                surplus.append(Surplus(service: name, port: plan.port, holder: holder))
            } else {
                services[plan.port] = name
            }
        }
    }
}
