import ClusterState
import LinuxSystem
import Netlink
import NetlinkFake
import NetworkTypes
import Nftables
import NodeRuleset
import Synchronization

@testable import Overlay

// Pods are in 10.42.0.0/16 and fd00:42::/56, nodes in 192.0.2.0/24 and 2001:db8::/64. Node number N has the pods
// 10.42.N.0/24 and fd00:42:0:N::/64 and the addresses 192.0.2.N and 2001:db8::N. This node is node-1.

func ip(_ text: String) -> IPAddress {
    do { return try IPAddress(parsing: text) } catch { fatalError("\(error)") }
}

func prefix(_ text: String) -> IPPrefix {
    do { return try IPPrefix(parsing: text) } catch { fatalError("\(error)") }
}

func mac(_ text: String) -> MACAddress {
    do { return try MACAddress(parsing: text) } catch { fatalError("\(error)") }
}

func interfaceAddress(_ text: String) -> InterfaceAddress {
    do { return try InterfaceAddress(parsing: text) } catch { fatalError("\(error)") }
}

func nodeName(_ text: String) -> NodeName {
    guard let name = NodeName(rawValue: text) else { fatalError("node name \(text)") }
    return name
}

func linkName(_ text: String) -> LinkName {
    guard let name = LinkName(rawValue: text) else { fatalError("link name \(text)") }
    return name
}

let own = nodeName("node-1")
let both = PerFamily(v4: prefix("10.42.0.0/16"), v6: prefix("fd00:42::/56"))

func configuration(_ clusterCIDRs: PerFamily<IPPrefix> = both) -> OverlayConfiguration {
    OverlayConfiguration(node: own, clusterCIDRs: clusterCIDRs)
}

func lease(ipv6: Bool = true) -> NodeLease {
    NodeLease(
        node: own,
        podCIDRs: PerFamily(v4: prefix("10.42.1.0/24"), v6: ipv6 ? prefix("fd00:42:0:1::/64") : nil),
        underlay: PerFamily(v4: ip("192.0.2.1"), v6: ipv6 ? ip("2001:db8::1") : nil),
        publicAddresses: PerFamily(v4: ip("192.0.2.1"), v6: ipv6 ? ip("2001:db8::1") : nil),
        vtep: PerFamily(v4: mac("02:00:00:00:04:01"), v6: ipv6 ? mac("02:00:00:00:06:01") : nil)
    )
}

func peer(_ number: Int, name: String? = nil) -> Node {
    let hex = String(number, radix: 16)
    let byte = number < 16 ? "0\(hex)" : hex
    var node = Node(name: nodeName(name ?? "node-\(number)"))
    node.podCIDRs = PerFamily(v4: prefix("10.42.\(number).0/24"), v6: prefix("fd00:42:0:\(hex)::/64"))
    node.publicAddresses = PerFamily(v4: ip("192.0.2.\(number)"), v6: ip("2001:db8::\(hex)"))
    node.internalAddresses = node.publicAddresses
    node.vtep = PerFamily(v4: mac("02:00:00:00:04:\(byte)"), v6: mac("02:00:00:00:06:\(byte)"))
    return node
}

let uplink = linkName("eth0")
let underlays = PerFamily(
    v4: Underlay(index: InterfaceIndex(2), name: uplink, mtu: 1500),
    v6: Underlay(index: InterfaceIndex(2), name: uplink, mtu: 1500)
)

/// A kernel in memory, with the settings and files of a host beside it.
final class FakeHost: OverlayKernel {
    let fake = FakeKernel()
    let uplinkIndex: InterfaceIndex
    private let state = Mutex(State())

    struct State {
        var sysctls: [String: String] = [:]
        var files: [String: String] = [:]
        var writes = 0
        var closed: Set<String> = []
        var obstructed: Set<String> = []
    }

    var network: any RouteNetlink { fake }

    init(mtu: Int = 1500) {
        uplinkIndex = fake.addHardware(uplink, mtu: mtu)
        fake.interfere([
            .addAddress(Address(interface: uplinkIndex, address: interfaceAddress("192.0.2.1/24"))),
            .addAddress(Address(interface: uplinkIndex, address: interfaceAddress("2001:db8::1/64"))),
        ])
        for name in ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/ipv4/conf/all/rp_filter"] {
            setSysctl(name, "0")
        }
        setSysctl("net/ipv6/conf/eth0/accept_ra", "1")
        for link in ["flannel.1", "flannel-v6.1", "cni0"] {
            setSysctl("net/ipv6/conf/\(link)/accept_ra", "1")
            setSysctl("net/ipv6/conf/\(link)/accept_dad", "1")
            setSysctl("net/ipv6/conf/\(link)/disable_ipv6", "1")
            setSysctl("net/ipv4/conf/\(link)/rp_filter", "1")
        }
        for name in ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables"] { setSysctl("net/bridge/\(name)", "0") }
    }

    func setSysctl(_ name: String, _ value: String?) { state.withLock { $0.sysctls[name] = value } }

    func sysctl(_ name: String) -> String? { state.withLock { $0.sysctls[name] } }

    func file(_ path: String) -> String? { state.withLock { $0.files[path] } }

    func setFile(_ path: String, _ text: String?) { state.withLock { $0.files[path] = text } }

    /// Everything that was written, of whatever kind.
    var writes: Int { state.withLock { $0.writes } + fake.writes }

    func forgetTraffic() {
        fake.forgetTraffic()
        state.withLock { $0.writes = 0 }
    }

    func readSysctl(_ name: SysctlName) throws(SystemCallError) -> String {
        guard let value = sysctl(name.description) else {
            throw SystemCallError(call: "open", subject: name.description, errno: .noEntry)
        }
        return value
    }

    func writeSysctl(_ value: String, to name: SysctlName) throws(SystemCallError) {
        _ = try readSysctl(name)
        state.withLock { state in
            state.sysctls[name.description] = value
            state.writes += 1
        }
    }

    func readFile(_ path: String) throws(SystemCallError) -> String? {
        guard !state.withLock({ $0.obstructed.contains(path) }) else {
            throw SystemCallError(call: "read", subject: path, errno: .isDirectory)
        }
        return file(path)
    }

    func isReadableByAll(_ path: String) throws(SystemCallError) -> Bool {
        state.withLock { !$0.closed.contains(path) }
    }

    /// Takes the file away from all but root.
    func close(_ path: String) { _ = state.withLock { $0.closed.insert(path) } }

    /// Puts a directory in the file's place.
    func obstruct(_ path: String) { _ = state.withLock { $0.obstructed.insert(path) } }

    func writeFile(_ text: String, to path: String) throws(SystemCallError) {
        state.withLock { state in
            state.closed.remove(path)
            state.files[path] = text
            state.writes += 1
        }
    }

    func removeFile(_ path: String) throws(SystemCallError) { setFile(path, nil) }

    func listDirectory(_ path: String) throws(SystemCallError) -> [String] {
        state.withLock { state in
            state.files.keys.filter { $0.hasPrefix("\(path)/") }.map { String($0.dropFirst(path.count + 1)) }
        }
    }
}

/// Keeps the fragments that it is handed.
final class FakeRuleset: RulesetWriter {
    private let applied = Mutex<[RulesetFragment]>([])

    var fragments: [RulesetFragment] { applied.withLock { $0 } }

    func apply(_ fragment: RulesetFragment) async throws(NftablesError) {
        applied.withLock { $0.append(fragment) }
    }

    /// Keeps the last fragment of the name as the change makes it.
    func amend(_ change: FragmentChange) async throws(NftablesError) {
        applied.withLock { applied in
            guard var fragment = applied.last(where: { $0.name == change.name }) else { return }
            fragment.apply(change)
            applied.append(fragment)
        }
    }
}
