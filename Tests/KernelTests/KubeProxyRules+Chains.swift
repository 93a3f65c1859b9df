import NetworkTypes

extension KubeProxyRules {
    /// What its mode iptables writes: for `iptables-restore` of the family.
    var iptables: String {
        """
        *mangle
        :KUBE-PROXY-CANARY - [0:0]
        :KUBE-IPTABLES-HINT - [0:0]
        COMMIT
        *filter
        :KUBE-PROXY-FIREWALL - [0:0]
        :KUBE-EXTERNAL-SERVICES - [0:0]
        :KUBE-FORWARD - [0:0]
        -A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
        -A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
        -A FORWARD -j KUBE-FORWARD
        -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
        -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
        -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT
        *nat
        :KUBE-SERVICES - [0:0]
        :KUBE-NODEPORTS - [0:0]
        :KUBE-POSTROUTING - [0:0]
        :KUBE-MARK-MASQ - [0:0]
        -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
        -A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
        -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
        -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
        -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
        -A KUBE-POSTROUTING -j MASQUERADE --random-fully
        \(rules(of: "tcp"))
        \(rules(of: "udp"))
        -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
        COMMIT

        """
    }

    private func rules(of transport: String) -> String {
        let name = transport.uppercased()
        let match = "-p \(transport) -m \(transport) --dport"
        return """
            -N KUBE-SVC-\(name)
            -N KUBE-EXT-\(name)
            -N KUBE-SEP-\(name)
            -A KUBE-SERVICES -d \(target(.clusterIP)) \(match) \(port) -j KUBE-SVC-\(name)
            -A KUBE-SERVICES -d \(target(.published)) \(match) \(port) -j KUBE-EXT-\(name)
            -A KUBE-SERVICES -d \(target(.externalIP)) \(match) \(port) -j KUBE-EXT-\(name)
            -A KUBE-NODEPORTS \(match) \(nodePort) -j KUBE-EXT-\(name)
            -A KUBE-EXT-\(name) -j KUBE-MARK-MASQ
            -A KUBE-EXT-\(name) -j KUBE-SVC-\(name)
            -A KUBE-SVC-\(name) ! -s \(pods) -d \(target(.clusterIP)) \(match) \(port) -j KUBE-MARK-MASQ
            -A KUBE-SVC-\(name) -j KUBE-SEP-\(name)
            -A KUBE-SEP-\(name) -s \(endpoint) -j KUBE-MARK-MASQ
            -A KUBE-SEP-\(name) -p \(transport) -m \(transport) -j DNAT --to-destination \(place)
            """
    }
}
