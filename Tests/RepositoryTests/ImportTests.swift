import Testing

/// The arrows between targets. `--explicit-target-dependency-import-check error` holds the imports to Package.swift;
/// these hold both to the layout that Docs/architecture.md draws.
@Suite struct ImportTests {
    static let wrappers: Set<String> = ["CLinux", "LinuxSystem", "Netlink", "Nftables", "Systemd", "YAML"]

    /// Target → the targets of this package that it may import.
    static let arrows: [String: Set<String>] = [
        "NetworkTypes": [],
        "JSONText": [],
        "Metrics": [],
        "MetricsServer": ["LinuxSystem", "NetworkTypes", "PlainHTTP", "Supervision"],
        "PlainHTTP": ["LinuxSystem", "NetworkTypes"],
        "DNSWire": ["NetworkTypes"],
        "HTTPWire": ["NetworkTypes"],
        "NamePattern": [],
        "LinuxSystem": ["CLinux"],
        "Netlink": ["CMnl", "LinuxSystem", "NetworkTypes"],
        "Nftables": ["CMnl", "CNftnl", "LinuxSystem", "NetworkTypes"],
        "Systemd": ["CSystemd", "JSONText", "LinuxSystem"],
        "YAML": ["CYaml"],
        "ClusterState": ["LinuxSystem", "NetworkTypes"],
        "KubernetesObjects": ["ClusterState", "NetworkTypes", "YAML"],
        "ManifestSource": ["ClusterState", "KubernetesObjects", "LinuxSystem", "NetworkTypes", "YAML"],
        "TLSTrust": ["LinuxSystem"],
        "EtcdSource": [
            "ClusterState", "JSONText", "KubernetesObjects", "LinuxSystem", "NetworkTypes", "TLSTrust", "YAML",
        ],
        "Supervision": ["LinuxSystem"],
        "NodeRuleset": ["LinuxSystem", "NetworkTypes", "Nftables", "Supervision"],
        "Overlay": [
            "ClusterState", "JSONText", "LinuxSystem", "Metrics", "Netlink", "NetworkTypes", "Nftables", "NodeRuleset",
            "Supervision",
        ],
        "ClusterDNS": [
            "ClusterState", "DNSWire", "LinuxSystem", "Metrics", "NamePattern", "Netlink", "NetworkTypes", "Nftables",
            "NodeRuleset", "Supervision", "TLSTrust",
        ],
        "ServiceBalancer": [
            "ClusterState", "LinuxSystem", "Metrics", "Netlink", "NetworkTypes", "Nftables", "NodeRuleset", "PlainHTTP",
            "Supervision",
        ],
        "Ingress": [
            "ClusterState", "HTTPWire", "JSONText", "LinuxSystem", "Metrics", "Netlink", "NetworkTypes", "Nftables",
            "Supervision",
        ],
        "PodNetwork": ["JSONText", "LinuxSystem", "Netlink", "NetworkTypes", "Nftables"],
        "PodNetworkAudit": ["LinuxSystem", "Netlink", "NetworkTypes", "Nftables", "PodNetwork", "Supervision"],
        "AgentCore": [
            "ClusterDNS", "ClusterState", "DNSWire", "EtcdSource", "Ingress", "JSONText", "KubernetesObjects",
            "LinuxSystem",
            "ManifestSource", "Metrics", "MetricsServer", "Netlink", "NetworkTypes", "Nftables", "NodeRuleset",
            "Overlay", "PlainHTTP", "PodNetwork", "PodNetworkAudit", "ServiceBalancer", "Supervision", "Systemd",
            "YAML",
        ],
        "linnet": ["AgentCore", "LinuxSystem"],
        "linnet-cni": ["PodNetwork"],
    ]

    /// Module of another package → the targets that may import it.
    static let otherPackages: [String: Set<String>] = [
        "HashTreeCollections": ["ClusterState"],
        "Logging": [
            "AgentCore", "ClusterDNS", "Ingress", "ManifestSource", "MetricsServer", "NodeRuleset", "Overlay",
            "PodNetworkAudit", "ServiceBalancer", "Supervision", "Systemd", "linnet",
        ],
        "ServiceLifecycle": ["AgentCore", "Supervision"],
        "AsyncHTTPClient": ["EtcdSource"],
        "Crypto": ["Ingress"],
        "Dispatch": ["Ingress"],
        "SwiftASN1": ["Ingress"],
        "X509": ["Ingress"],
        "NIOCore": ["ClusterDNS", "EtcdSource", "Ingress", "PlainHTTP", "TLSTrust"],
        "NIOHTTP1": ["EtcdSource", "PlainHTTP"],
        "NIOPosix": ["ClusterDNS", "EtcdSource", "PlainHTTP", "TLSTrust"],
        "NIOSSL": ["ClusterDNS", "EtcdSource", "Ingress", "TLSTrust"],
        "NIOTLS": ["ClusterDNS", "Ingress"],
        "FoundationEssentials": ["AgentCore", "Ingress", "linnet-cni"],
        "Synchronization": Set(arrows.keys),
        "UnixSignals": ["AgentCore"],
    ]

    /// C modules are for the wrappers alone.
    static let cModules: Set<String> = ["CLinux", "CMnl", "CNftnl", "CSystemd", "CYaml", "Glibc", "Musl"]

    @Test func `every target under Sources is in the table`() throws {
        let targets = Set(try Repository.sources().map(\.target)).subtracting(["CLinux"])
        #expect(targets == Set(Self.arrows.keys))
    }

    @Test func `no target imports another one against the arrows`() throws {
        var faults: [String] = []
        for file in try Repository.sources() {
            let allowed = Self.arrows[file.target] ?? []
            for module in file.imports where Self.arrows[module] != nil && !allowed.contains(module) {
                faults.append("\(file.path) imports \(module)")
            }
        }
        #expect(faults == [])
    }

    @Test func `other packages are imported only where they are meant to be`() throws {
        var faults: [String] = []
        for file in try Repository.sources() {
            for module in file.imports where Self.arrows[module] == nil && !Self.cModules.contains(module) {
                if Self.otherPackages[module]?.contains(file.target) != true {
                    faults.append("\(file.path) imports \(module)")
                }
            }
        }
        #expect(faults == [])
    }

    /// The programs' main files alone may import Glibc, for exit(3).
    @Test func `C is imported by the six wrappers only`() throws {
        let faults = try Repository.sources().filter { file in
            let isProgram = file.target == "linnet" || file.target == "linnet-cni"
            let found = Self.cModules.intersection(file.imports).subtracting(isProgram ? ["Glibc"] : [])
            return !Self.wrappers.contains(file.target) && !found.isEmpty
        }
        #expect(faults.map(\.path) == [])
    }

    /// Files outside of the wrappers that have unsafe code, each with a profile in a decision.
    static let measured: Set<String> = [
        "Sources/ClusterDNS/Zone/Table/PagePlace.swift", "Sources/HTTPWire/Octets/OctetBuffer.swift",
    ]

    @Test func `unsafe code is in the six wrappers and where it was measured to be needed`() throws {
        let others = try Repository.sources().filter {
            !Self.wrappers.contains($0.target) && !Self.measured.contains($0.path)
        }
        let faults = others.flatMap { file in
            file.places(containing: ["nsafe", "OpaquePointer", "Unmanaged"]) {
                $0.contains(/\bunsafe\b|\bUnsafe\w+|\bwithUnsafe\w+|\bOpaquePointer\b|\bUnmanaged\b/)
            }
        }
        #expect(faults == [])
    }

    @Test func `unchecked Sendable is in LinuxSystem only`() throws {
        let faults = try Repository.sources().filter { $0.target != "LinuxSystem" }.flatMap { file in
            file.places(containing: ["@unchecked"])
        }
        #expect(faults == [])
    }
}
