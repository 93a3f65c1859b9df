import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer

// Addresses, in all tables of this target:
//   nodes      192.0.2.N       fixtureNode(N); the plan is always that of node-1
//   pods       10.42.N.0/24    on node-N
//   services   10.43.0.0/16    fd00:43::/112
//   outside    203.0.113.0/24
//   external   192.168.99.0/24 (`externalIPs`), load balancers 1.2.3.4 and 5.6.7.8
// A row that is written with IPv4 alone counts for IPv6 too: `inIPv6` gives each address its twin there.

/// A cluster that a row of a table describes: the service `shop/web`, its pods, and what else there is.
struct TestCluster: Sendable {
    /// `shop/web` with the port 80, which pods have as 8080.
    var web: Service
    var others: [Service] = []
    var slices: [EndpointSlice] = []
    /// node-1 and node-2.
    var nodes = [fixtureNode(1), fixtureNode(2)]
    var configuration = testConfiguration
    var facts = HostFacts()
    /// Ports of node-1 that a program has.
    var heldPorts: Set<HeldPort> = []

    init(_ describe: (inout TestCluster) -> Void = { _ in }) {
        web = fixtureService("shop/web", ["10.43.0.80"], ports: [ServicePort(port: 80)])
        describe(&self)
    }

    /// Adds a slice of `shop/web`, or of another service in `shop`.
    mutating func add(
        _ pods: [Endpoint],
        of service: String = "web",
        ports: [EndpointPort] = [EndpointPort(port: 8080)],
        _ change: (inout EndpointSlice) -> Void = { _ in }
    ) {
        var slice = fixtureSlice(of: "shop/\(service)", suffix: "\(slices.count)", pods, ports: ports)
        change(&slice)
        slices.append(slice)
    }

    /// Adds a service in `shop`, whose pod is 10.42.1.9:9090.
    mutating func add(_ name: String, _ addresses: [String] = ["10.43.0.90"], _ change: (inout Service) -> Void) {
        var service = fixtureService("shop/\(name)", addresses, ports: [ServicePort(port: 80)])
        change(&service)
        others.append(service)
        add([pod("10.42.1.9")], of: name, ports: [EndpointPort(port: 9090)])
    }

    var objects: [ClusterObject] {
        ([web] + others).map(ClusterObject.service) + slices.map(ClusterObject.endpointSlice)
            + nodes.map(ClusterObject.node)
    }

    /// The plan of node-1, from scratch.
    var plan: BalancerPlan {
        let store = SnapshotStore(sourceDescription: "a test", ownName: configuration.node)
        store.apply(.replace(kinds: BalancerPlan.neededKinds, with: objects), confirmedAt: 0)
        var plan = BalancerPlan(configuration)
        _ = plan.update(store.current, changed: .everything, facts: facts, heldPorts: heldPorts.byProgram)
        return plan
    }
}

extension Set<HeldPort> {
    var byProgram: [HeldPort: PortHolder] { Dictionary(uniqueKeysWithValues: map { ($0, .program("a program")) }) }
}

let testConfiguration = BalancerConfiguration(
    node: nodeName("node-1"),
    clusterCIDRs: PerFamily(v4: network("10.42.0.0/16"), v6: network("fd00:42::/48")),
    serviceCIDRs: PerFamily(v4: network("10.43.0.0/16"), v6: network("fd00:43::/112"))
)

/// What a pod of a service is doing.
enum PodState {
    case ready
    /// It neither answers nor goes.
    case notReady
    /// It goes, and still answers.
    case terminating
    /// It goes, and answers no more.
    case stopped
}

/// A pod as an endpoint, on the node that its address tells: 10.42.2.5 and fd00:42:0:2::5 are on node-2.
func pod(_ text: String, _ state: PodState = .ready, zones: [String] = [], nodes: [String] = []) -> Endpoint {
    var endpoint = fixtureEndpoint(text, isReady: state == .ready)
    endpoint.isServing = state == .ready || state == .terminating
    endpoint.isTerminating = state == .terminating || state == .stopped
    let bytes = endpoint.addresses[0].bytes
    endpoint.nodeName = "node-\(bytes.count == 4 ? bytes[2] : bytes[7])"
    endpoint.zoneHints = zones
    endpoint.nodeHints = nodes
    return endpoint
}

extension Service {
    /// Makes it a load balancer that is published with these addresses.
    mutating func publish(_ addresses: String...) {
        type = .loadBalancer
        loadBalancerIngress = addresses.map { LoadBalancerIngress(address: address($0)) }
    }

    /// Gives its ports a port of the nodes.
    mutating func openNodePort(_ number: UInt16) {
        if type == .clusterIP { type = .nodePort }
        for index in ports.indices { ports[index].nodePort = number }
    }
}

extension Node {
    /// The label `topology.kubernetes.io/zone`.
    var zone: String? {
        get { labels["topology.kubernetes.io/zone"] }
        set { labels["topology.kubernetes.io/zone"] = newValue }
    }
}
