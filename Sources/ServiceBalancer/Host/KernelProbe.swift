package import LinuxSystem
package import Netlink
package import NetworkTypes
package import Nftables

/// The host itself, in one network namespace.
package struct KernelProbe: HostProbe {
    private let network: NetlinkSocket
    private let sockets: ListenerSocket
    private let tables: NftablesSocket
    private let connections: ConntrackSocket
    // The kernel shows files under /proc as of the namespace of the thread that asks: nil is this process's own.
    private let namespace: NetworkNamespace?

    /// - Parameter namespace: the network namespace to look into; nil is the calling thread's own.
    package init(namespace: NetworkNamespace? = nil) throws {
        self.namespace = namespace
        if let namespace {
            network = try NetlinkSocket.open(in: namespace)
            sockets = try ListenerSocket.open(in: namespace)
            tables = try NftablesSocket.open(in: namespace)
            connections = try ConntrackSocket.open(in: namespace)
        } else {
            network = try NetlinkSocket.open()
            sockets = try ListenerSocket.open()
            tables = try NftablesSocket.open()
            connections = try ConntrackSocket.open()
        }
    }

    package func proxyLink() throws(NetlinkError) -> ProxyLink? {
        guard let name = ProxyLink.name, let link = try network.link(named: name) else { return nil }
        let addresses = try network.addresses(of: link.index).map(\.address.address)
        return ProxyLink(index: link.index, addresses: Set(addresses))
    }

    package func hasChain(_ name: String) throws(NftablesError) -> Bool { try tables.exists(chain: name, in: .linnet) }

    package func addresses() throws(NetlinkError) -> Set<IPAddress> {
        Set(try network.addresses(of: nil).map(\.address.address))
    }

    package func setting(_ name: SysctlName) -> String? { inside { try? Sysctl.read(name) } }

    package func listeners(_ transport: TransportProtocol) throws(NetlinkError) -> [Listener] {
        try sockets.listeners(transport)
    }

    package func holder(of listener: Listener) -> SocketHolder? { SocketHolder.holder(ofInode: listener.inode) }

    package func podPorts() throws(NftablesError) -> [HeldPort: String] {
        var ports: [HeldPort: String] = [:]
        if try tables.exists(.linnetCNI) {
            for map in PodPorts.maps {
                for element in try tables.elements(ofSet: map.name, in: .linnetCNI) ?? [] {
                    guard let (port, pod) = PodPorts.port(of: element, map.family, offset: map.offset) else { continue }
                    ports[port] = pod
                }
            }
        }
        for family in AddressFamily.allCases {
            let table = Table(PodPorts.portmapTable, family: family == .ipv4 ? .ipv4 : .ipv6)
            guard try tables.exists(table) else { continue }
            for chain in PodPorts.portmapChains {
                for rule in try tables.rules(ofChain: chain, in: table) {
                    guard let (port, pod) = PodPorts.port(of: rule, family) else { continue }
                    ports[port] = pod
                }
            }
        }
        return ports
    }

    package func proxyRules() throws(NftablesError) -> Set<ProxyTrace> {
        var traces: Set<ProxyTrace> = []
        if try tables.exists(Table("kube-proxy", family: .ipv4)) { traces.insert(.tableIPv4) }
        if try tables.exists(Table("kube-proxy", family: .ipv6)) { traces.insert(.tableIPv6) }
        let canary = "KUBE-PROXY-CANARY"
        if try tables.exists(chain: canary, in: Table("mangle", family: .ipv4)) { traces.insert(.canaryIPv4) }
        if try tables.exists(chain: canary, in: Table("mangle", family: .ipv6)) { traces.insert(.canaryIPv6) }
        return traces
    }

    package func legacyTables() -> [String] {
        inside {
            ["ip", "ip6"].flatMap { family in
                let text = (try? Files.readText("/proc/thread-self/net/\(family)_tables_names")) ?? ""
                return text.split(separator: "\n").map { "\(family) \($0)" }
            }
        } ?? []
    }

    package func forget(
        _ filter: ConntrackFilter,
        where isMeant: (ConntrackFlow) -> Bool
    ) throws(NetlinkError) -> Int {
        try connections.delete(filter, where: isMeant)
    }

    private func inside<Value: Sendable>(_ body: @Sendable () -> Value?) -> Value? {
        guard let namespace else { return body() }
        return (try? namespace.run(body)) ?? nil
    }
}
