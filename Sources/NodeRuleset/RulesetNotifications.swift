internal import LinuxSystem
package import Nftables

/// Where NodeRuleset hears of changes to rulesets.
package protocol RulesetNotifications: Sendable {
    /// Says that there may be notifications; the first element comes at once if there are some.
    func readiness() -> AsyncStream<Void>
    /// The notifications since the last call; does not wait.
    func drain() throws(NftablesError) -> [NftablesNotification]
}

extension NftablesMonitor: RulesetNotifications {
    package func readiness() -> AsyncStream<Void> { Reactor.shared.readiness(of: descriptor) }
}
