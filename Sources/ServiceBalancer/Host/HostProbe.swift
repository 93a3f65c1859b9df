package import LinuxSystem
package import Netlink
package import NetworkTypes
package import Nftables

/// What is read of the host for the balancer: as narrow as a fake can be.
package protocol HostProbe: Sendable {
    /// The link of kube-proxy's mode `ipvs` with its addresses; nil if there is none.
    func proxyLink() throws(NetlinkError) -> ProxyLink?
    /// All addresses of the node.
    func addresses() throws(NetlinkError) -> Set<IPAddress>
    /// A kernel setting; nil if the kernel has none of that name.
    func setting(_ name: SysctlName) -> String?
    /// All listeners of TCP or of UDP.
    func listeners(_ transport: TransportProtocol) throws(NetlinkError) -> [Listener]
    /// The process that has the socket, as far as can be seen.
    func holder(of listener: Listener) -> SocketHolder?
    /// Host ports of pods, with the pods' names.
    func podPorts() throws(NftablesError) -> [HeldPort: String]
    /// What kube-proxy has put into nf_tables.
    func proxyRules() throws(NftablesError) -> Set<ProxyTrace>
    /// Whether the chain is in our table.
    func hasChain(_ name: String) throws(NftablesError) -> Bool
    /// The tables that iptables-legacy has.
    func legacyTables() -> [String]
    /// Has the kernel forget tracked connections. Returns how many there were.
    func forget(_ filter: ConntrackFilter, where isMeant: (ConntrackFlow) -> Bool) throws(NetlinkError) -> Int
}

/// The dummy link that holds the addresses of all services in kube-proxy's mode `ipvs`.
package struct ProxyLink: Hashable, Sendable {
    package var index: InterfaceIndex
    package var addresses: Set<IPAddress>

    package init(index: InterfaceIndex, addresses: Set<IPAddress>) {
        self.index = index
        self.addresses = addresses
    }

    static let name = LinkName(rawValue: "kube-ipvs0")
}
