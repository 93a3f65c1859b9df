import LinuxSystem
import NetworkTypes

/// Whether packets between pods of one bridge meet the firewall: settings of the module br_netfilter.
enum BridgeFilter {
    static let settings: [SysctlName] = AddressFamily.allCases.map(setting)

    /// The families whose packets do not: without the module there is no setting, and none does.
    static func unfiltered(_ value: (SysctlName) -> String?) -> Set<AddressFamily> {
        Set(AddressFamily.allCases.filter { family in ["0", nil].contains(value(setting(family))) })
    }

    private static func setting(_ family: AddressFamily) -> SysctlName {
        SysctlName("net/bridge/bridge-nf-call-\(family == .ipv4 ? "iptables" : "ip6tables")")
    }
}
