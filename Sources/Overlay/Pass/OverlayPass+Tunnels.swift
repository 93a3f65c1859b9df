import LinuxSystem
import Netlink
import NetworkTypes

// The links that encapsulate.

extension OverlayPass {
    /// The tunnels' links, made or corrected, not yet up. One that cannot be had is missing.
    mutating func makeTunnels(_ plans: PerFamily<TunnelPlan>) -> PerFamily<Link> {
        var made = PerFamily<Link>()
        for family in plans.families {
            guard let plan = plans[family] else { continue }
            made[family] = makeTunnel(plan, beside: plans.values.map(\.name))
        }
        return made
    }

    private mutating func makeTunnel(_ plan: TunnelPlan, beside names: [LinkName]) -> Link? {
        var obstacles = plan.obstacles(among: links)
        // One of ours from another configuration goes first; it would go afterwards anyway.
        let stale = obstacles.filter { $0.alias == OverlayNames.alias && !names.contains($0.name) }
        if !stale.isEmpty, perform(stale.map { .deleteLink(.index($0.index)) }) {
            obstacles.removeAll(where: stale.contains)
        }
        guard obstacles.isEmpty else { return blocked(.obstructed(plan.name, by: obstacles, nil)) }
        let existing = links.first { $0.name == plan.name }
        let isMade = existing.map { made.contains($0.index) } ?? false
        let operations = plan.linkOperations(observed: existing, isMade: isMade)
        guard !operations.isEmpty else { return existing }
        if let failure = failures(of: operations).first { return blocked(explanation(of: failure, plan)) }
        return reread(plan.name)
    }

    /// Sets the tunnel up with its address. Whether its peers can be given to it.
    mutating func activate(_ plan: TunnelPlan, _ link: Link) -> Bool {
        let failures = failures(of: plan.activation(of: link, addresses: addresses))
        guard let failure = failures.first else { return true }
        causes.append(explanation(of: failure, plan))
        mayAnnounce = false
        return false
    }

    /// What the kernel means when it says that a port or an identifier is taken.
    private func explanation(of failure: NetlinkError, _ plan: TunnelPlan) -> OverlayError {
        switch failure.errno {
        case .exists, .addressInUse:
            let suspects = links.filter { link in
                guard link.name != plan.name, case .vxlan(let other) = link.kind else { return false }
                return other.port == plan.vxlan.port || other.vni == plan.vxlan.vni
            }
            return .obstructed(plan.name, by: suspects, failure)
        case .notSupported:
            return .network(
                NetlinkError(
                    operation: failure.operation,
                    subject: failure.subject,
                    errno: failure.errno,
                    kernelMessage: failure.kernelMessage,
                    remedy: "the kernel has no vxlan: load the module (modprobe vxlan)"
                )
            )
        default:
            return .network(failure)
        }
    }
}
