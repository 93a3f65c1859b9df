/// One thing that can be set, by the same name on the command line, in a file and, in capitals, in the environment.
struct Setting: Sendable {
    enum Kind: Sendable {
        /// One value; the last one given wins.
        case single
        /// Any number of values, given one by one or with commas between them.
        case list
        /// True or false; named alone on the command line it means true.
        case boolean
    }

    let name: String
    let kind: Kind
    /// What stands for the value in the help: `CIDR`.
    let placeholder: String
    let help: String
    /// What holds if nobody says otherwise, as a value or in words; nil if that is nothing.
    let fallback: String?

    init(
        _ name: String,
        _ kind: Kind = .single,
        _ placeholder: String,
        _ help: String,
        default fallback: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.placeholder = placeholder
        self.help = help
        self.fallback = fallback
    }

    /// `--cluster-cidr` is LINNET_CLUSTER_CIDR.
    var variable: String {
        Self.variablePrefix + name.uppercased().map { $0 == "-" ? "_" : $0 }
    }

    static let variablePrefix = "LINNET_"

    /// Where the files are: not itself a key of them.
    static let config = Setting(
        "config",
        "FILE",
        "configuration file; FILE.d/*.yaml follow it",
        default: ConfigurationFiles.defaultPath
    )

    static func named(_ name: String) -> Setting? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    static let all: [Setting] = [
        Setting("node-name", "NAME", "name of this node", default: "host name"),
        Setting(
            "node-ip",
            .list,
            "IP",
            "address of this node, one a family",
            default: "that of the default route's interface"
        ),
        Setting("node-external-ip", .list, "IP", "address by which others reach this node from outside"),
        Setting("manifests", "DIR", "directory of Kubernetes objects", default: "/etc/linnet/manifests"),
        Setting("kubeconfig", "FILE", "how to reach the Kubernetes API"),
        Setting("etcd-endpoints", .list, "URL", "etcd servers"),
        Setting("etcd-prefix", "KEY", "key under which everything is", default: "/coreos.com/network"),
        Setting("etcd-cafile", "FILE", "certificate authority of etcd"),
        Setting("etcd-certfile", "FILE", "client certificate for etcd"),
        Setting("etcd-keyfile", "FILE", "key of the client certificate for etcd"),
        Setting("etcd-username", "NAME", "user of etcd"),
        Setting("etcd-password-file", "FILE", "file whose first line is the user's password"),
        Setting("cluster-cidr", .list, "CIDR", "networks of the pods, one a family", default: "10.42.0.0/16"),
        Setting("service-cidr", .list, "CIDR", "networks of the services, one a family", default: "10.43.0.0/16"),
        Setting("cluster-dns", .list, "IP", "addresses of cluster DNS", default: "10th address of each service CIDR"),
        Setting("localip", .list, "IP", "more addresses of cluster DNS, on this node alone, such as 169.254.20.10"),
        Setting("cluster-domain", "DOMAIN", "domain of the cluster", default: "cluster.local"),
        Setting("service-node-port-range", "FIRST-LAST", "ports of type NodePort", default: "30000-32767"),
        Setting("flannel-backend", "NAME", "how packets reach other nodes: none, vxlan, host-gw", default: "vxlan"),
        Setting("flannel-iface", "NAME", "interface that carries the tunnels", default: "that of the default route"),
        Setting("flannel-conf", "FILE", "flannel's net-conf.json, instead of --cluster-cidr and --flannel-backend"),
        Setting("flannel-external-ip", .boolean, "", "peers are reached by their external addresses", default: "false"),
        Setting(
            "flannel-ipv6-masq",
            .boolean,
            "",
            "pods' IPv6 packets that leave the cluster are masqueraded",
            default: "false"
        ),
        Setting("disable", .list, "NAME", "coredns, servicelb, kube-proxy, traefik"),
        Setting("resolv-conf", "FILE", "names the upstream name servers", default: "/etc/resolv.conf"),
        Setting("dns-log", .list, "CLASS", "DNS queries that are logged: all, success, denial, error"),
        Setting("dns-upstream", .list, "SERVER", "asked instead of those of resolv-conf: IP, IP:PORT, tls://IP#NAME"),
        Setting("dns-cafile", "FILE", "certificate authority of tls:// servers", default: "those of this system"),
        Setting("ingress-class", .list, "NAME", "ingress classes that are served", default: "linnet,traefik"),
        Setting("ingress-status", .list, "NAME", "ingress classes whose status is written", default: "linnet"),
        Setting("ingress-http-port", "PORT", "port for HTTP", default: "80"),
        Setting("ingress-https-port", "PORT", "port for HTTPS", default: "443"),
        Setting("ingress-access-log", "FORMAT", "how HTTP requests are logged: off, clf, json", default: "off"),
        Setting(
            "ingress-allow-external-name-services",
            .boolean,
            "",
            "HTTP requests go to services of type ExternalName too",
            default: "false"
        ),
        Setting(
            "ingress-prefer-same-node",
            .boolean,
            "",
            "HTTP requests go to endpoints of this node while it has ready ones",
            default: "false"
        ),
        Setting(
            "ingress-merge-slashes",
            .boolean,
            "",
            "several slashes in a row count as one in paths of HTTP requests",
            default: "true"
        ),
        Setting(
            "ingress-allow-non-ascii-paths",
            .boolean,
            "",
            "HTTP requests may have octets that are not ASCII in path and query: they are escaped",
            default: "false"
        ),
        Setting(
            "ingress-forwarded-headers-trusted-ips",
            .list,
            "CIDR",
            "proxies whose X-Forwarded fields are believed"
        ),
        Setting("ingress-proxy-protocol-trusted-ips", .list, "CIDR", "proxies that name clients by PROXY protocol"),
        Setting(
            "persist-secrets",
            .boolean,
            "",
            "keys of certificates may be kept under the state directory",
            default: "true"
        ),
        Setting("state-dir", "DIR", "what outlives a boot", default: "/var/lib/linnet"),
        Setting("run-dir", "DIR", "what does not", default: "/run/linnet"),
        Setting("subnet-file", "FILE", "flannel's subnet.env", default: "/run/flannel/subnet.env"),
        Setting("cni-conf-dir", "DIR", "where runtimes look for CNI configuration", default: "/etc/cni/net.d"),
        Setting("cni-bin-dir", "DIR", "where runtimes look for CNI plugins", default: "/opt/cni/bin"),
        Setting("cni-state-dir", "DIR", "where pods' addresses are reserved", default: "/var/lib/cni/networks"),
        Setting(
            "metrics-address",
            .list,
            "IP:PORT",
            "where metrics and health are answered",
            default: "127.0.0.1:9477"
        ),
        Setting("audit-interval", "DURATION", "full comparison with the kernel, 1s to 24h", default: "5m"),
        Setting("log-level", "LEVEL", "trace, debug, info, notice, warning, error, critical", default: "info"),
        Setting("log-format", "FORMAT", "auto, journald, text, json", default: "auto"),
    ]
}

extension Setting {
    init(_ name: String, _ placeholder: String, _ help: String, default fallback: String? = nil) {
        self.init(name, .single, placeholder, help, default: fallback)
    }
}
