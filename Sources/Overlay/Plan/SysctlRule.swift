package import LinuxSystem
import Netlink
import NetworkTypes

/// A kernel setting that must hold.
package struct SysctlRule: Hashable, Sendable {
    /// What must be true of a value.
    package enum Requirement: Hashable, Sendable {
        /// The value is this one.
        case value(String)
        /// The value is not the first one: then it becomes the second. Any other is somebody's decision.
        case replace(String, by: String)
        /// The kernel uses the larger of the interface's value and that of all interfaces. Strict is 1, loose is 2.
        case notStrict(all: SysctlName)
    }

    package var name: SysctlName
    package var requirement: Requirement
    /// What to do if the kernel has no such setting. Nil if then there is nothing to set right.
    package var remedy: String?

    package init(_ name: String, _ requirement: Requirement, remedy: String? = nil) {
        self.name = SysctlName(name)
        self.requirement = requirement
        self.remedy = remedy
    }

    /// The value to write, nil if what is there will do.
    package func correction(
        reading read: (SysctlName) throws(SystemCallError) -> String
    ) throws(SystemCallError) -> String? {
        let value = try read(name)
        switch requirement {
        case .value(let wanted): return value == wanted ? nil : wanted
        case .replace(let bad, let good): return value == bad ? good : nil
        case .notStrict(let all):
            let general = try read(all)
            return max(Int(value) ?? 0, Int(general) ?? 0) == 1 ? "2" : nil
        }
    }
}

extension HostPlan {
    static func sysctls(families: [AddressFamily], uplinks: [LinkName], tunnels: [LinkName]) -> [SysctlRule] {
        let ours = tunnels + [OverlayNames.bridge]
        var rules: [SysctlRule] = []
        if families.contains(.ipv6) { rules += ipv6Rules(uplinks: uplinks, ours: ours) }
        if families.contains(.ipv4) { rules.append(SysctlRule("net/ipv4/ip_forward", .value("1"))) }
        // Routers must not be learnt from pods.
        rules += ours.map { SysctlRule("net/ipv6/conf/\($0)/accept_ra", .value("0")) }
        // Nobody else has these addresses, and while they are tentative a first pod waits a second for its neighbour.
        rules += ours.map { SysctlRule("net/ipv6/conf/\($0)/accept_dad", .value("0")) }
        rules += ours.map {
            SysctlRule(
                "net/ipv4/conf/\($0)/rp_filter",
                .notStrict(all: SysctlName("net/ipv4/conf/all/rp_filter"))
            )
        }
        // After those of all interfaces, which write these too.
        for family in families {
            rules += ours.map { SysctlRule("net/\(family.label)/conf/\($0)/forwarding", .value("1")) }
        }
        if families.contains(.ipv4) { rules.append(bridgeFilter("bridge-nf-call-iptables")) }
        if families.contains(.ipv6) { rules.append(bridgeFilter("bridge-nf-call-ip6tables")) }
        return rules
    }

    /// A node that forwards ignores router advertisements unless accept_ra is 2: first that, or it loses its routes.
    private static func ipv6Rules(uplinks: [LinkName], ours: [LinkName]) -> [SysctlRule] {
        let missing = "IPv6 is off in the kernel (boot without ipv6.disable=1), but this node has an IPv6 podCIDR"
        return Set(uplinks).sorted().map { SysctlRule("net/ipv6/conf/\($0)/accept_ra", .replace("1", by: "2")) }
            + [SysctlRule("net/ipv6/conf/all/forwarding", .value("1"), remedy: missing)]
            + ours.map { SysctlRule("net/ipv6/conf/\($0)/disable_ipv6", .value("0")) }
    }

    /// Without it a pod that reaches a pod of its own bridge through a service address gets answers past the NAT.
    private static func bridgeFilter(_ name: String) -> SysctlRule {
        SysctlRule(
            "net/bridge/\(name)",
            .value("1"),
            remedy:
                "load the module br_netfilter (modprobe br_netfilter): without it, a pod that reaches a pod of its own"
                + " node through a service address times out"
        )
    }
}

extension AddressFamily {
    /// The directory of its settings below net.
    var label: String { self == .ipv4 ? "ipv4" : "ipv6" }
}
