import ClusterState

/// How the pods of a service's port are spoken to, by the service and its annotations.
struct ServiceOptions: Hashable, Sendable {
    let scheme: BackendScheme
    let passesHost: Bool
    let sticky: StickyCookie.Settings?

    init(_ service: Service, _ port: ServicePort) {
        let annotations = AnnotationReader.read(service).annotations
        scheme = annotations.scheme ?? Self.usualScheme(port)
        passesHost = annotations.passesHost
        sticky = annotations.sticky
    }

    /// `appProtocol` goes first; without one that says anything, Traefik's rule: port 443, or a name that begins with
    /// https.
    private static func usualScheme(_ port: ServicePort) -> BackendScheme {
        switch port.appProtocol?.lowercased() {
        case "kubernetes.io/h2c": .h2c
        case "kubernetes.io/ws", "http": .http
        case "kubernetes.io/wss", "https": .https
        default: port.port == 443 || port.name.hasPrefix("https") ? .https : .http
        }
    }
}
