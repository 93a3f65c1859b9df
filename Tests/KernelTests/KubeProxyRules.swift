import NetworkTypes

/// What kube-proxy writes for a service of the balancer's tests, with the pod `far` as its only endpoint.
struct KubeProxyRules {
    let number: Int
    let family: AddressFamily

    func target(_ frontend: BalancerFrontend) -> String {
        "\(frontend.target(of: number, family).address)"
    }

    var port: Int { 1000 + number }
    var nodePort: Int { 30_000 + number }
    var endpoint: String { family == .ipv4 ? "10.42.2.5" : "fd00:42:0:2::5" }
    var place: String { family == .ipv4 ? "\(endpoint):8080" : "[\(endpoint)]:8080" }
    var pods: String { family == .ipv4 ? "10.42.0.0/16" : "fd00:42::/48" }
    var services: String { family == .ipv4 ? "10.43.0.0/16" : "fd00:43::/112" }
}
