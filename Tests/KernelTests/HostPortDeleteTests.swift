import LinuxSystem
import Netlink
import NetworkTypes
import Nftables
import PodNetwork
import Testing

/// DEL of a pod with host ports, whatever became of the pod and of what ADD left.
@Suite(.timeLimit(.minutes(1))) struct HostPortDeleteTests {
    /// What happened before DEL is called.
    enum Damage: String, CaseIterable, Sendable {
        case nothing, recordIsGone, recordIsGarbage, recordsAreGone, tableIsGone, tableIsEmpty, elementIsGone,
            linkIsGone
        case addressIsGone, bridgeIsGone, deletedBefore

        func happen(_ bed: HostPortTestbed, _ pod: PodTestbed) throws {
            let record = "\(bed.directory)/\(pod.attachment.container):\(pod.attachment.interface)"
            switch self {
            case .nothing: break
            case .recordIsGone: try Files.remove(record)
            case .recordIsGarbage: try Files.rewrite(record, with: "{")
            case .recordsAreGone:
                for name in try Files.list(bed.directory) { try Files.remove("\(bed.directory)/\(name)") }
                try Files.removeDirectory(bed.directory)
            case .tableIsGone: try bed.run("nft", "delete", "table", "inet", "linnet-cni")
            case .tableIsEmpty: try bed.run("nft", "flush", "table", "inet", "linnet-cni")
            case .elementIsGone: try bed.run("nft", "flush", "map", "inet", "linnet-cni", "ports-v6")
            case .linkIsGone: try bed.pods.network.deleteLink(try #require(try bed.pods.ports().first).index)
            case .addressIsGone: try bed.pods.store.release(pod.attachment)
            case .bridgeIsGone: try bed.pods.network.deleteLink(bed.pods.bridge.index)
            case .deletedBefore: try bed.plugin().delete(pod.attachment, namespace: pod.path)
            }
        }

        /// Without its record nothing says which rules are the pod's: the agent's next look takes them.
        var leavesRules: Bool { self == .recordIsGone || self == .recordsAreGone }
    }

    /// - Parameter namespace: what the runtime says of the pod's; nil is the pod's own, an empty text nothing.
    @Test(arguments: Damage.allCases, [nil, "", "/nonexistent/namespace", "/proc/version"])
    func `DEL succeeds and leaves nothing`(damage: Damage, namespace: String?) throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach(
            "web",
            PortMapping(.tcp, hostPort: 8080, containerPort: 80),
            PortMapping(.udp, hostAddress: try IPAddress(parsing: "192.168.77.1"), hostPort: 53, containerPort: 53)
        )
        try damage.happen(bed, pod)
        try bed.plugin().delete(pod.attachment, namespace: namespace == "" ? nil : namespace ?? pod.path)
        if damage.leavesRules { #expect(try bed.hostPorts().repair().isRepaired) }
        #expect(try bed.records() == [])
        #expect(try bed.table() == nil)
        #expect(try bed.pods.network.link(named: HostLink.name(of: pod.attachment)) == nil)
        #expect(try bed.pods.reserved() == [])
    }

    @Test func `what does not work beside a port is said`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try bed.attach("web")
        let ports = HostPorts(
            directory: bed.directory,
            bridge: try LinkName(validating: "absent"),
            kernel: NodeKernel(network: bed.pods.network, namespace: bed.node) { _ in }
        ) { [node = bed.node] () throws(NftablesError) in try NftablesSocket.open(in: node) }
        let record = HostPortRecord(
            attachment: pod.attachment,
            network: "cbr0",
            addresses: [try IPAddress(parsing: "10.42.1.2")],
            mappings: [PortMapping(.tcp, hostPort: 8080, containerPort: 80)]
        )
        let setting = "/proc/sys/net/ipv4/conf/absent/route_localnet"
        #expect(
            try ports.claim(record) == [
                "host ports are not reached through the node's own 127.0.0.1: open \(setting): "
                    + "ENOENT (No such file or directory)"
            ]
        )
        #expect(try ports.release(pod.attachment) == [])
    }
}
