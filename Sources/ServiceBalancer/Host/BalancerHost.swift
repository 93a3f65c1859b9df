/// What the balancer needs of the host beside its part of the nft table.
package protocol BalancerHost: Sendable {
    /// What the host is like now. Costs little while nothing was notified, unless it is to look `thoroughly`.
    func facts(thoroughly: Bool) async throws -> HostFacts

    /// Those of the wanted ports that load balancers must leave to others, after `facts` in the same pass. Costs little
    /// while the same ports are wanted as before and nothing is to be looked at again.
    func heldPorts(of wanted: Set<HeldPort>) async throws -> [HeldPort: PortHolder]

    /// Whether an earlier run has left its rules, which work.
    func hasRules() async throws -> Bool

    /// What of the host somebody should do something about.
    var complaints: [String] { get }

    /// Says whenever `facts` may be others than they were, until it is cancelled.
    func listen(_ heard: @escaping @Sendable () -> Void) async throws

    /// Has the kernel forget connections that no longer go where they should. Returns how many there were.
    func forget(_ stale: StaleFlows) throws -> Int
}
