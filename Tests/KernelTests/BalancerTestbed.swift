import ClusterFixtures
import LinuxSystem
import NetworkNamespaces
import NetworkTypes

/// Where packets of the balancer's tests come from, and where they end.
enum BalancerPlace: String, Sendable, CaseIterable {
    /// A client outside of the cluster.
    case outside
    /// node-1, whose balancer is tested; as an endpoint, a pod in its host network.
    case node
    /// A pod on node-1: the one that is the endpoint where a service has one here.
    case one
    /// Another pod on the same bridge.
    case two
    /// A pod on node-2.
    case far
    /// node-2 itself; as an endpoint, a pod in its host network.
    case peer

    /// What its namespace is called.
    fileprivate var machine: String {
        switch self {
        case .node: "node-1"
        case .peer: "node-2"
        default: rawValue
        }
    }
}

/// A cluster of network namespaces with real packets: node-1, whose balancer is tested, node-2, which has none, and a client
/// outside.
///
///     outside 203.0.113.9 ─┐
///                     node-2 192.0.2.2 ── far 10.42.2.5
///     node-1 192.0.2.1 ────┘
///        cni0 10.42.1.1 ──┬── one 10.42.1.5
///                         └── two 10.42.1.6
///
/// Nothing but node-1 leads from outside, or from the far pod, to addresses of services. node-2 answers those outside
/// without node-1: a connection through node-1 to the far pod works only if it is masqueraded. In IPv6 the networks are
/// 2001:db8:113::/64, 2001:db8::/64, fd00:42:0:1::/64 and fd00:42:0:2::/64, with the same last numbers.
final class BalancerTestbed: Sendable {
    /// A second address of node-1, one that is held for something else, and a second client outside.
    static let second = "192.0.2.101"
    static let held = "192.0.2.102"
    static let stranger = "203.0.113.77"
    /// What pods listen on.
    static let port: UInt16 = 8080

    let namespaces: [BalancerPlace: TestNamespace]
    private let wires: TestNamespace
    let balancer: BalancerNode
    let servers: BalancerServers

    /// - Parameter filtersBridges: whether packets between pods of one bridge meet the firewall.
    init(filtersBridges: Bool = true) throws {
        wires = try TestNamespace("lan")
        var namespaces: [BalancerPlace: TestNamespace] = [:]
        for place in BalancerPlace.allCases { namespaces[place] = try TestNamespace(place.machine) }
        self.namespaces = namespaces
        for place in Array(namespaces.values) + [wires] { try Self.prepare(place, filtersBridges) }
        try wires.run("ip", "-batch", "-", input: Self.wires(to: namespaces))
        try namespaces[.node]?.run("ip", "-batch", "-", input: Self.firstNode(namespaces))
        try namespaces[.peer]?.run("ip", "-batch", "-", input: Self.secondNode(namespaces))
        for (place, host) in [(BalancerPlace.one, "10.42.1.5"), (.two, "10.42.1.6"), (.far, "10.42.2.5")] {
            try namespaces[place]?.run("ip", "-batch", "-", input: Self.pod(host))
        }
        try namespaces[.outside]?.run("ip", "-batch", "-", input: Self.client)
        servers = try BalancerServers(namespaces.filter { $0.key != .outside })
        guard let node = namespaces[.node] else { preconditionFailure("no namespace of node-1") }
        balancer = try BalancerNode(in: node.namespace, filtersBridges: filtersBridges)
    }

    subscript(_ place: BalancerPlace) -> NetworkNamespace {
        guard let place = namespaces[place] else { preconditionFailure("no namespace of \(place)") }
        return place.namespace
    }

    /// Does what waits for packets on a thread of its own, so that other tests go on meanwhile.
    func waiting<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        let thread = KernelThread(name: "client")
        defer { thread.stop() }
        return try await Task(executorPreference: thread) { try body() }.value
    }

    private static func prepare(_ place: TestNamespace, _ filtersBridges: Bool) throws {
        let isRouter = place.name.hasPrefix("node-")
        let settings = [
            "net/ipv4/ip_forward": isRouter ? "1" : "0",
            "net/ipv6/conf/all/forwarding": isRouter ? "1" : "0",
            "net/ipv4/conf/all/send_redirects": "0",
            // A new address can be used at once.
            "net/ipv6/conf/all/accept_dad": "0",
            "net/ipv6/conf/default/accept_dad": "0",
            // Ports for all connections of a load.
            "net/ipv4/ip_local_port_range": "1024 65000",
            // Each refusal is heard, however many there are.
            "net/ipv4/icmp_ratelimit": "0",
            "net/ipv6/icmp/ratelimit": "0",
            "net/bridge/bridge-nf-call-iptables": isRouter && filtersBridges ? "1" : "0",
            "net/bridge/bridge-nf-call-ip6tables": isRouter && filtersBridges ? "1" : "0",
        ]
        try place.namespace.run {
            for (name, value) in settings { try Sysctl.write(value, to: SysctlName(name)) }
        }
    }

    private static func wires(to namespaces: [BalancerPlace: TestNamespace]) -> String {
        "link add br0 type bridge\nlink set br0 up\n"
            + [BalancerPlace.node, .peer, .outside].map { place in
                """
                link add \(place) type veth peer name eth0 netns \(namespaces[place]?.path ?? "")
                link set \(place) master br0 up

                """
            }.joined()
    }

    private static func firstNode(_ namespaces: [BalancerPlace: TestNamespace]) -> String {
        """
        link set eth0 up
        \(addresses(["192.0.2.1"], on: "eth0"))
        \(addresses([second, held], on: "eth0", "preferred_lft 0"))
        link add cni0 address 0a:58:0a:2a:01:01 type bridge
        link set cni0 up
        \(addresses(["10.42.1.1"], on: "cni0"))
        \(port("one", to: namespaces[.one]))
        link set one master cni0
        link set one type bridge_slave hairpin on
        \(port("two", to: namespaces[.two]))
        link set two master cni0
        link set two type bridge_slave hairpin on
        \(routes(["203.0.113.0/24": "dev eth0", "10.42.2.0/24": "via 192.0.2.2", "default": "via 203.0.113.9"]))
        """
    }

    private static func secondNode(_ namespaces: [BalancerPlace: TestNamespace]) -> String {
        """
        link set eth0 up
        \(addresses(["192.0.2.2"], on: "eth0"))
        \(port("far", to: namespaces[.far]))
        \(addresses(["10.42.2.1"], on: "far"))
        \(routes(["203.0.113.0/24": "dev eth0", "10.42.1.0/24": "via 192.0.2.1", "default": "via 192.0.2.1"]))
        """
    }

    private static func pod(_ host: String) -> String {
        """
        link set eth0 up
        \(addresses([host], on: "eth0"))
        \(routes(["default": "via \(host.prefix { $0 != "5" && $0 != "6" })1"]))
        """
    }

    private static var client: String {
        """
        link set eth0 up
        \(addresses(["203.0.113.9"], on: "eth0"))
        \(addresses([stranger] + crowd, on: "eth0", "preferred_lft 0"))
        \(routes(["192.0.2.0/24": "dev eth0", "default": "via 192.0.2.1"]))
        """
    }

    /// More addresses of the client outside.
    static let crowd = (100..<140).map { "203.0.113.\($0)" }

    // MARK: Commands for both families

    private static func port(_ name: String, to end: TestNamespace?) -> String {
        "link add \(name) type veth peer name eth0 netns \(end?.path ?? "")\nlink set \(name) up"
    }

    private static func addresses(_ addresses: [String], on link: String, _ flags: String = "") -> String {
        addresses.map { text in
            let twin = address(text).twin
            return "address add \(text)/24 dev \(link)\naddress add \(twin)/64 dev \(link) \(flags) nodad"
        }.joined(separator: "\n")
    }

    /// Direct routes first, since the others need them.
    private static func routes(_ routes: [String: String]) -> String {
        routes.sorted { $0.value < $1.value }.map { destination, way in
            let twin = destination == "default" ? destination : "\(network(destination).base.twin)/64"
            let words = way.split(separator: " ")
            let way6 = words[0] == "via" ? "via \(address(String(words[1])).twin)" : way
            return "route add \(destination) \(way)\nroute add \(twin) \(way6)"
        }.joined(separator: "\n")
    }
}

extension IPAddress {
    /// The IPv6 address that stands for an IPv4 one in the testbed: the same last number, in hexadecimal digits that look
    /// alike.
    var twin: IPAddress {
        let networks = [
            ("203.0.113.0", "2001:db8:113::"), ("192.0.2.0", "2001:db8::"), ("10.42.1.0", "fd00:42:0:1::"),
            ("10.42.2.0", "fd00:42:0:2::"), ("10.43.0.0", "fd00:43::"), ("1.2.3.0", "2001:db8:1234::"),
            ("192.168.99.0", "fd00:99::"),
        ]
        guard let last = bytes.last, bytes.count == 4 else { return self }
        if self == address("127.0.0.1") { return address("::1") }
        guard let found = networks.first(where: { address($0.0).bytes.dropLast() == bytes.dropLast() }) else {
            preconditionFailure("no twin of \(self)")
        }
        return address(last == 0 ? found.1 : "\(found.1)\(last)")
    }

    /// The address, or its twin.
    func inFamily(_ family: AddressFamily) -> IPAddress { family == .ipv4 ? self : twin }
}
