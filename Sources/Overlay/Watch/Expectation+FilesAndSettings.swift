import ClusterState
import LinuxSystem
import Netlink
import NetworkTypes

// What no socket of the kernel tells.

extension Expectation {
    func contradicted(by change: ConfigurationChange, _ host: HostPlan) -> OverlayObject? {
        guard host.lease.podCIDRs[change.family] != nil else { return nil }
        switch change.scope {
        case .all:
            if change.isForwarding == false {
                return .setting(change.family == .ipv4 ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding")
            }
            return change.reversePathFilter == 1 ? .setting("net/ipv4/conf/all/rp_filter") : nil
        case .interface(let index):
            guard index == bridge || family(of: index) != nil else { return nil }
            if change.isForwarding == false { return .setting("net/\(change.family.label)/conf/\(index)/forwarding") }
            return change.reversePathFilter == 1 ? .setting("net/ipv4/conf/\(index)/rp_filter") : nil
        case .initial:
            return nil
        }
    }

    func alteredFileOrSetting(_ kernel: any OverlayKernel, _ configuration: OverlayConfiguration) -> OverlayObject? {
        for file in files {
            let isRight: Bool
            do throws(SystemCallError) {
                isRight = try kernel.holds(file)
            } catch {
                // What cannot be read is a pass's to report. One that did tries again by itself.
                isRight = unwritable.contains(file.path)
            }
            if !isRight { return .file(file.path) }
        }
        if !files.isEmpty, (try? kernel.rivals(of: configuration)) != rivals {
            return .file(configuration.cniConfigurationDirectory)
        }
        for rule in host?.sysctls ?? [] {
            let correction = try? rule.correction { name throws(SystemCallError) in try kernel.readSysctl(name) }
            if correction != nil { return .setting(rule.name.path) }
        }
        return nil
    }
}
