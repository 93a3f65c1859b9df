// swift-tools-version: 6.2

import PackageDescription

let collections = Target.Dependency.product(name: "HashTreeCollections", package: "swift-collections")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLSEvents = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let nioTLS = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")

// MARK: - C libraries

let systemLibraries: [Target] = [
    .systemLibrary(name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
    .systemLibrary(name: "CNftnl", pkgConfig: "libnftnl", providers: [.apt(["libnftnl-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
]

// MARK: - What ships

/// How the plugin is linked, which starts once for each pod: at a fixed address, with the compiler's libraries in it and
/// without symbols, so that nothing of it is relocated or looked up then (Docs/decisions/0016).
let quickStart = [
    "-Xclang-linker", "-no-pie", "-Xclang-linker", "-static-libgcc", "-Xlinker", "--strip-all",
    "-L\(Context.packageDirectory)/Sources/linnet-cni/Link",
]

/// How the agent is linked: nothing looks symbols up in it.
let withoutExports = ["-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/linnet/Link/exports.map"]

let sources: [Target] = [
    // Wrappers: all C and unsafe code lives in these.
    .target(name: "NetworkTypes"),
    .target(name: "JSONText"),
    .target(name: "Metrics", exclude: ["README.md"]),
    .target(name: "DNSWire", dependencies: ["NetworkTypes"]),
    .target(name: "HTTPWire", dependencies: ["NetworkTypes"]),
    .target(name: "NamePattern"),
    .target(name: "LinuxSystem", dependencies: ["CLinux"]),
    .target(name: "Netlink", dependencies: ["CMnl", "LinuxSystem", "NetworkTypes"]),
    .target(name: "Nftables", dependencies: ["CMnl", "CNftnl", "LinuxSystem", "NetworkTypes"]),
    .target(name: "Systemd", dependencies: ["CSystemd", "JSONText", "LinuxSystem", logging]),
    .target(name: "YAML", dependencies: ["CYaml"]),

    // Cluster state: the model, its store, and the sources that feed it.
    .target(name: "ClusterState", dependencies: ["LinuxSystem", "NetworkTypes", collections]),
    .target(name: "KubernetesObjects", dependencies: ["ClusterState", "NetworkTypes", "YAML"]),
    .target(
        name: "ManifestSource",
        dependencies: ["ClusterState", "KubernetesObjects", "LinuxSystem", "YAML"]
    ),

    // What connections over TLS have in common.
    .target(name: "TLSTrust", dependencies: ["LinuxSystem", nioCore, nioPosix, nioTLS]),

    .target(
        name: "EtcdSource",
        dependencies: [
            "ClusterState", "JSONText", "KubernetesObjects", "LinuxSystem", "NetworkTypes", "TLSTrust", "YAML",
            httpClient, nioCore, nioHTTP, nioPosix, nioTLS,
        ],
        exclude: ["README.md"]
    ),

    // What keeps capabilities alive.
    .target(name: "Supervision", dependencies: ["LinuxSystem", lifecycle, logging]),
    .target(
        name: "PlainHTTP",
        dependencies: ["LinuxSystem", "NetworkTypes", nioCore, nioHTTP, nioPosix]
    ),
    .target(
        name: "MetricsServer",
        dependencies: ["LinuxSystem", "NetworkTypes", "PlainHTTP", "Supervision", logging],
        exclude: ["README.md"]
    ),
    .target(name: "NodeRuleset", dependencies: ["LinuxSystem", "Nftables", "Supervision", logging]),

    // Capabilities.
    .target(
        name: "Overlay",
        dependencies: [
            "ClusterState", "JSONText", "LinuxSystem", "Metrics", "Netlink", "NetworkTypes", "Nftables", "NodeRuleset",
            "Supervision", logging,
        ],
        exclude: ["README.md"]
    ),
    .target(
        name: "ClusterDNS",
        dependencies: [
            "ClusterState", "DNSWire", "LinuxSystem", "Metrics", "NamePattern", "Netlink", "NetworkTypes", "Nftables",
            "NodeRuleset", "Supervision", "TLSTrust", logging, nioCore, nioPosix, nioTLS, nioTLSEvents,
        ],
        exclude: ["README.md"]
    ),
    .target(
        name: "ServiceBalancer",
        dependencies: [
            "ClusterState", "LinuxSystem", "Metrics", "Netlink", "NetworkTypes", "Nftables", "NodeRuleset", "PlainHTTP",
            "Supervision", logging,
        ],
        exclude: ["README.md"]
    ),
    .target(
        name: "Ingress",
        dependencies: [
            "ClusterState", "HTTPWire", "JSONText", "LinuxSystem", "Metrics", "Netlink", "NetworkTypes", "Nftables",
            "Supervision", asn1, certificates, crypto, logging, nioCore, nioTLS, nioTLSEvents,
        ],
        exclude: ["README.md"]
    ),
    .target(
        name: "PodNetwork",
        dependencies: ["JSONText", "LinuxSystem", "Netlink", "NetworkTypes", "Nftables"],
        exclude: ["README.md"]
    ),
    .target(
        name: "PodNetworkAudit",
        dependencies: ["LinuxSystem", "Netlink", "NetworkTypes", "Nftables", "PodNetwork", "Supervision", logging],
        exclude: ["README.md"]
    ),

    // Composition.
    .target(
        name: "AgentCore",
        dependencies: [
            "ClusterDNS", "ClusterState", "DNSWire", "EtcdSource", "Ingress", "JSONText", "LinuxSystem",
            "ManifestSource", "Metrics", "MetricsServer", "Netlink", "NetworkTypes", "Nftables", "NodeRuleset",
            "Overlay", "PlainHTTP",
            "PodNetworkAudit", "ServiceBalancer", "Supervision", "Systemd", "YAML",
            lifecycle, logging, unixSignals,
        ]
    ),
    .executableTarget(
        name: "linnet",
        dependencies: ["AgentCore", "LinuxSystem"],
        exclude: ["Link"],
        linkerSettings: [.unsafeFlags(withoutExports, .when(configuration: .release))]
    ),
    .executableTarget(
        name: "linnet-cni",
        dependencies: ["PodNetwork"],
        exclude: ["Link"],
        linkerSettings: [.unsafeFlags(quickStart, .when(configuration: .release))]
    ),
]

// MARK: - Tests

/// Behaving fakes and builders: they live under Tests, so that Sources holds only what ships.
let testSupport: [Target] = [
    .target(name: "ManualClock", path: "Tests/Support/ManualClock"),
    .target(name: "SeededNumbers", path: "Tests/Support/SeededNumbers"),
    .target(name: "NotifySocket", dependencies: ["LinuxSystem"], path: "Tests/Support/NotifySocket"),
    .target(
        name: "NetworkNamespaces",
        dependencies: ["LinuxSystem"],
        path: "Tests/Support/NetworkNamespaces"
    ),
    .target(
        name: "NetlinkFake",
        dependencies: ["LinuxSystem", "Netlink", "NetworkTypes"],
        path: "Tests/Support/NetlinkFake"
    ),
    .target(
        name: "RecordedLog",
        dependencies: ["Supervision", logging],
        path: "Tests/Support/RecordedLog"
    ),
    .target(
        name: "ClusterFixtures",
        dependencies: ["ClusterState", "NetworkTypes", "SeededNumbers"],
        path: "Tests/Support/ClusterFixtures"
    ),
    // Packets through a fragment of the table, without a kernel.
    .target(
        name: "RulesetTracer",
        dependencies: ["NetworkTypes", "Nftables", "NodeRuleset"],
        path: "Tests/Support/RulesetTracer"
    ),
    .target(name: "HTTPClients", dependencies: ["NetworkTypes"], path: "Tests/Support/HTTPClients"),
    // A client and backends that do exactly what a test says, octet by octet.
    .target(
        name: "HTTPPeers",
        dependencies: ["CLinux", "LinuxSystem", "NetworkTypes"],
        path: "Tests/Support/HTTPPeers"
    ),
    // A program that a service manager hands descriptors to.
    .executableTarget(
        name: "InheritingProgram",
        dependencies: ["LinuxSystem", "Systemd"],
        path: "Tests/Support/InheritingProgram"
    ),
    // A library to preload: a wall clock that a test sets.
    .target(
        name: "ShiftedWallClock",
        path: "Tests/Support/ShiftedWallClock",
        cSettings: [.define("_GNU_SOURCE")]
    ),
    // The agent with a capability that traps, for the tests of quarantine.
    .executableTarget(
        name: "TrappingAgent",
        dependencies: ["AgentCore", "ClusterState", "LinuxSystem", "Supervision"],
        path: "Tests/Support/TrappingAgent"
    ),
]

let tests: [Target] = [
    .testTarget(name: "NetworkTypesTests", dependencies: ["NetworkTypes"]),
    .testTarget(name: "JSONTextTests", dependencies: ["JSONText"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics"]),
    .testTarget(
        name: "MetricsServerTests",
        dependencies: [
            "HTTPClients", "LinuxSystem", "MetricsServer", "NetworkTypes", "PlainHTTP", "Supervision", logging,
        ]
    ),
    .testTarget(name: "PlainHTTPTests", dependencies: ["PlainHTTP"]),
    .testTarget(name: "DNSWireTests", dependencies: ["DNSWire", "NetworkTypes", "SeededNumbers"]),
    .testTarget(name: "HTTPWireTests", dependencies: ["HTTPWire", "NetworkTypes", "SeededNumbers"]),
    .testTarget(name: "NamePatternTests", dependencies: ["NamePattern", "SeededNumbers"]),
    .testTarget(name: "LinuxSystemTests", dependencies: ["LinuxSystem", "SeededNumbers"]),
    .testTarget(
        name: "NetlinkTests",
        dependencies: ["LinuxSystem", "Netlink", "NetlinkFake", "NetworkTypes", "SeededNumbers"]
    ),
    .testTarget(name: "NftablesTests", dependencies: ["LinuxSystem", "Nftables", "NetworkTypes"]),
    .testTarget(
        name: "SystemdTests",
        dependencies: ["InheritingProgram", "LinuxSystem", "NotifySocket", "Systemd", logging]
    ),
    .testTarget(name: "YAMLTests", dependencies: ["SeededNumbers", "YAML"]),
    .testTarget(
        name: "ClusterStateTests",
        dependencies: ["ClusterFixtures", "ClusterState", "LinuxSystem", "NetworkTypes", "SeededNumbers"]
    ),
    .testTarget(
        name: "KubernetesObjectsTests",
        dependencies: ["ClusterFixtures", "ClusterState", "KubernetesObjects", "NetworkTypes", "SeededNumbers", "YAML"]
    ),
    .testTarget(
        name: "ManifestSourceTests",
        dependencies: [
            "ClusterFixtures", "ClusterState", "LinuxSystem", "ManifestSource", "NetworkTypes", "SeededNumbers",
            logging,
        ]
    ),
    .testTarget(
        name: "EtcdSourceTests",
        dependencies: [
            "ClusterState", "EtcdSource", "KubernetesObjects", "LinuxSystem", "NetworkNamespaces", "NetworkTypes",
            nioCore, nioPosix,
        ]
    ),
    .testTarget(name: "TLSTrustTests", dependencies: ["TLSTrust", nioTLS]),
    .testTarget(
        name: "SupervisionTests",
        dependencies: ["LinuxSystem", "ManualClock", "RecordedLog", "Supervision", lifecycle, logging]
    ),
    .testTarget(
        name: "NodeRulesetTests",
        dependencies: [
            "LinuxSystem", "NetworkTypes", "Nftables", "NodeRuleset", "SeededNumbers", "Supervision", logging,
        ]
    ),
    .testTarget(
        name: "OverlayTests",
        dependencies: [
            "ClusterState", "LinuxSystem", "Netlink", "NetlinkFake", "NetworkTypes", "Nftables", "NodeRuleset",
            "Overlay", "SeededNumbers", logging,
        ]
    ),
    .testTarget(
        name: "ClusterDNSTests",
        dependencies: [
            "ClusterDNS", "ClusterFixtures", "ClusterState", "DNSWire", "LinuxSystem", "Metrics", "Netlink",
            "NetlinkFake", "NetworkTypes", "Nftables", "NodeRuleset", "SeededNumbers", "Supervision", logging,
        ]
    ),
    .testTarget(
        name: "ServiceBalancerTests",
        dependencies: [
            "ClusterFixtures", "ClusterState", "HTTPClients", "LinuxSystem", "Netlink", "NetworkTypes", "Nftables",
            "NodeRuleset", "PlainHTTP", "RulesetTracer", "SeededNumbers", "ServiceBalancer", logging,
        ]
    ),
    .testTarget(
        name: "IngressTests",
        dependencies: [
            "ClusterFixtures", "ClusterState", "HTTPPeers", "HTTPWire", "Ingress", "LinuxSystem", "ManualClock",
            "NetworkNamespaces", "NetworkTypes", "Nftables", "RecordedLog", "SeededNumbers", "Supervision", logging,
            nioCore, nioTLS,
        ]
    ),
    .testTarget(
        name: "PodNetworkTests",
        dependencies: ["LinuxSystem", "Netlink", "NetworkTypes", "PodNetwork"]
    ),
    .testTarget(
        name: "PodNetworkAuditTests",
        dependencies: ["LinuxSystem", "Netlink", "NetlinkFake", "NetworkTypes", "PodNetwork", "PodNetworkAudit"]
    ),
    .testTarget(
        name: "AgentCoreTests",
        dependencies: [
            "AgentCore", "ClusterFixtures", "ClusterState", "Ingress", "LinuxSystem", "Netlink", "NetworkTypes",
            "Overlay", "PlainHTTP", lifecycle, logging,
        ]
    ),
    .testTarget(name: "RepositoryTests"),
    .testTarget(
        name: "KernelTests",
        dependencies: [
            "ClusterDNS", "ClusterFixtures", "ClusterState", "LinuxSystem", "Netlink", "NetlinkFake",
            "NetworkNamespaces", "NetworkTypes", "Nftables", "NodeRuleset", "Overlay", "PodNetwork", "PodNetworkAudit",
            "ServiceBalancer", "Supervision", "Systemd", logging,
        ]
    ),
    .testTarget(
        name: "EndToEnd",
        dependencies: [
            "HTTPPeers", "LinuxSystem", "NetworkTypes", "NotifySocket", "SeededNumbers", "TrappingAgent", "linnet",
            "linnet-cni",
        ]
    ),
]

let package = Package(
    name: "linnet",
    products: [
        .executable(name: "linnet", targets: ["linnet"]),
        .executable(name: "linnet-cni", targets: ["linnet-cni"]),
        // For tests only; nothing ships it.
        .library(name: "ShiftedWallClock", type: .dynamic, targets: ["ShiftedWallClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.100.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.1"),
    ],
    targets: systemLibraries + sources + testSupport + tests,
    swiftLanguageModes: [.v6]
)

// One set of rules for every Swift target; see Docs/decisions for why each is on.
let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let targetsInC: Set = ["CLinux", "ShiftedWallClock"]
for target in package.targets where target.type != .system && !targetsInC.contains(target.name) {
    target.swiftSettings = settings
    if sources.contains(where: { $0.name == target.name }) {
        target.swiftSettings?.append(.strictMemorySafety())
    }
}
