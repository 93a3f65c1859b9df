import NetworkTypes

/// What one look at the node shows of another service proxy.
package struct ProxySigns: Hashable, Sendable {
    /// Who listens where kube-proxy tells its health and its metrics: `process 812 (kube-proxy, user 0) on port 10256`.
    package var listeners: [String]
    /// What a kube-proxy has put on the node, running or not.
    package var traces: Set<ProxyTrace>
    /// Tables of iptables-legacy. Their rules cannot be seen from here, so this says nothing for sure, and holds back
    /// nothing: Docker has some, too.
    package var legacyTables: [String]

    package init(listeners: [String] = [], traces: Set<ProxyTrace> = [], legacyTables: [String] = []) {
        self.listeners = listeners
        self.traces = traces
        self.legacyTables = legacyTables
    }

    /// The ports that kube-proxy listens on: health and metrics.
    static let ports: Set<UInt16> = [10_256, 10_249]

    /// Whether there is a sign of a kube-proxy, running or not.
    package var isEmpty: Bool { listeners.isEmpty && traces.isEmpty }
}

/// Something that only kube-proxy puts on a node, and that stays when it ends.
package enum ProxyTrace: Hashable, Sendable, CaseIterable {
    /// The tables of its mode `nftables`.
    case tableIPv4, tableIPv6
    /// The chain by which its mode `iptables` notices that its rules were flushed.
    case canaryIPv4, canaryIPv6
    /// The link of its mode `ipvs`.
    case link

    /// The command that removes what was left behind.
    package var removal: String {
        switch self {
        case .tableIPv4: "nft delete table ip kube-proxy"
        case .tableIPv6: "nft delete table ip6 kube-proxy"
        case .canaryIPv4: "iptables-save | grep -v KUBE- | iptables-restore"
        case .canaryIPv6: "ip6tables-save | grep -v KUBE- | ip6tables-restore"
        case .link: "ip link delete kube-ipvs0"
        }
    }
}

extension ProxyTrace: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tableIPv4: "the nftables table ip kube-proxy"
        case .tableIPv6: "the nftables table ip6 kube-proxy"
        case .canaryIPv4: "the iptables chain KUBE-PROXY-CANARY"
        case .canaryIPv6: "the ip6tables chain KUBE-PROXY-CANARY"
        case .link: "the link kube-ipvs0"
        }
    }
}
