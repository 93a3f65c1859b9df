import NetworkTypes

extension KubeProxyRules {
    /// The table `kube-proxy` of the family, as its mode nftables writes it.
    var nftables: String {
        let ip = family == .ipv4 ? "ip" : "ip6"
        let type = family == .ipv4 ? "ipv4_addr" : "ipv6_addr"
        return """
            table \(ip) kube-proxy {
              set cluster-ips { type \(type); elements = { \(target(.clusterIP)) } }
              set nodeport-ips { type \(type); elements = { \(target(.nodePort)) } }
              set hairpin-connections {
                type \(type) . \(type) . inet_proto . inet_service
                elements = { \(endpoint) . \(endpoint) . tcp . 8080, \(endpoint) . \(endpoint) . udp . 8080 }
              }
              map service-ips {
                type \(type) . inet_proto . inet_service : verdict
                elements = { \(serviceElements) }
              }
              map service-nodeports {
                type inet_proto . inet_service : verdict
                elements = { tcp . \(nodePort) : goto external-tcp, udp . \(nodePort) : goto external-udp }
              }
              map no-endpoint-services { type \(type) . inet_proto . inet_service : verdict; }
              map no-endpoint-nodeports { type inet_proto . inet_service : verdict; }
              map firewall-ips { type \(type) . inet_proto . inet_service : verdict; }
              chain filter-prerouting-pre-dnat {
                type filter hook prerouting priority -110
                ct state new jump firewall-check
              }
              chain filter-output-pre-dnat {
                type filter hook output priority -110
                ct state new jump firewall-check
              }
              chain filter-input {
                type filter hook input priority 0
                ct state new jump nodeport-endpoints-check
                ct state new jump service-endpoints-check
              }
              chain filter-forward {
                type filter hook forward priority 0
                ct state new jump service-endpoints-check
                ct state new jump cluster-ips-check
              }
              chain filter-output {
                type filter hook output priority 0
                ct state new jump service-endpoints-check
                ct state new jump cluster-ips-check
              }
              chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
              chain nat-output { type nat hook output priority -100; jump services; }
              chain nat-postrouting { type nat hook postrouting priority 100; jump masquerading; }
              chain firewall-check { \(ip) daddr . meta l4proto . th dport vmap @firewall-ips; }
              chain service-endpoints-check { \(ip) daddr . meta l4proto . th dport vmap @no-endpoint-services; }
              chain nodeport-endpoints-check {
                \(ip) daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
              }
              chain cluster-ips-check {
                \(ip) daddr @cluster-ips reject
                \(ip) daddr \(services) drop
              }
              chain services {
                \(ip) daddr @cluster-ips \(ip) saddr != \(pods) jump mark-for-masquerade
                \(ip) daddr . meta l4proto . th dport vmap @service-ips
                \(ip) daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
              }
              \(chains(of: "tcp"))
              \(chains(of: "udp"))
              chain mark-for-masquerade { mark set mark or 0x4000; }
              chain masquerading {
                mark and 0x4000 != 0 mark set mark xor 0x4000 masquerade fully-random
                ct status dnat \(ip) saddr . \(ip) daddr . meta l4proto . th dport @hairpin-connections masquerade
              }
            }
            """
    }

    private var serviceElements: String {
        ["tcp", "udp"].flatMap { transport in
            ["\(target(.clusterIP)) . \(transport) . \(port) : goto service-\(transport)"]
                + [BalancerFrontend.published, .externalIP].map {
                    "\(target($0)) . \(transport) . \(port) : goto external-\(transport)"
                }
        }.joined(separator: ", ")
    }

    private func chains(of transport: String) -> String {
        """
        chain external-\(transport) { jump mark-for-masquerade; goto service-\(transport); }
        chain service-\(transport) { meta l4proto \(transport) dnat to \(place); }
        """
    }
}
