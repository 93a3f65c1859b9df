/// What a directive of CoreDNS is to us.
enum DirectiveName {
    /// Those that do something here.
    static let understood: Set<String> = ["errors", "forward", "hosts", "kubernetes", "log", "rewrite", "template"]

    /// Those that CoreDNS takes once in a block.
    static let once: Set<String> = [
        "cache", "errors", "hosts", "kubernetes", "loop", "nsid", "prometheus", "ready", "view",
    ]

    /// Those that k3s's own block has, so that an `*.override` with one of `once` makes two of it.
    static let ownOfMainBlock: Set<String> = ["cache", "errors", "hosts", "kubernetes", "loop", "prometheus", "ready"]

    /// Why a directive has no effect here, by its name.
    static let effectless: [String: String] = [
        "any": "questions for ANY are always answered with HINFO",
        "bufsize": "replies over UDP never have more than 1232 octets",
        "cache": "answers of others are always remembered, and the cluster's need not be",
        "cancel": "questions are always given up after 4 s",
        "debug": "it is for CoreDNS's own log",
        "health": "the agent's own is at --metrics-address",
        "loadbalance": "addresses are always given in turn",
        "local": "localhost is always answered here",
        "loop": "loops are always looked for, and end nothing",
        "metadata": "nothing here needs it",
        "minimal": "replies have nothing beyond what is needed",
        "multisocket": "each thread has sockets of its own",
        "nsid": "the option is not answered",
        "pprof": "it is for CoreDNS's own program",
        "prometheus": "the agent's own metrics are at --metrics-address",
        "ready": "the agent's own is at --metrics-address",
        "reload": "changes are taken at once",
        "shed": "what waits is always bounded",
        "timeouts": "connections have time limits of their own",
    ]

    /// The others of CoreDNS.
    static let unsupported: Set<String> = [
        "acl", "auto", "autopath", "azure", "bind", "chaos", "clouddns", "dns64", "dnssec", "dnstap", "erratic", "etcd",
        "file", "geoip", "grpc", "grpc_server", "header", "https", "https3", "k8s_external", "nomad", "on",
        "proxyproto",
        "quic", "root", "route53", "secondary", "sign", "tls", "trace", "transfer", "tsig", "view", "whoami",
    ]
}
