/// What the balancer needs of the host beside its part of the nft table.
package protocol BalancerHost: Sendable {
    /// What the host is like now. Costs little while nothing was notified, unless it is to look `thoroughly`.
    func facts(thoroughly: Bool) async throws -> HostFacts

    /// Has the kernel forget connections that no longer go where they should. Returns how many there were.
    func forget(_ stale: StaleFlows) throws -> Int
}
