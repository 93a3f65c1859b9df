import Synchronization

/// What cluster DNS tells of itself: filled by its run, read by health checks and metrics.
package final class ClusterDNSStatus: Sendable {
    /// What one run is made of.
    struct Parts: Sendable {
        let server: DNSServer
        let addresses: AddressKeeper
        let keeper: ZoneKeeper
        let custom: CustomKeeper
        let checks: RoundChecks
        /// What is logged whatever the cluster wants.
        let queryLog: QueryLogRules
        let log: QueryLogQueue
    }

    private let parts = Mutex<Parts?>(nil)

    /// Of the agent.
    let version: String

    package init(version: String) {
        self.version = version
    }

    /// Nil while it does not run.
    var running: Parts? { parts.withLock { $0 } }

    func begin(_ parts: Parts) { self.parts.withLock { $0 = parts } }
    func end() { parts.withLock { $0 = nil } }

    /// What is not ready, by the names that CoreDNS has for it: `kubernetes` until the objects are there. What CoreDNS has no
    /// name for, since it would not run then, is `coredns`: another program has a port of an address, say. Empty if all is
    /// ready.
    package var unready: [String] {
        guard let running, running.addresses.isServing else { return ["coredns"] }
        return running.keeper.current.table.isSynchronised ? [] : ["kubernetes"]
    }
}
