import Netlink
import NetworkTypes

/// A host on which nothing else serves services or listens on their ports.
package struct UnwatchedHost: BalancerHost {
    private let scope: BalancerScope

    /// - Parameter scope: which traffic is ours, whatever the host is like.
    package init(scope: BalancerScope) {
        self.scope = scope
    }

    package func facts(thoroughly: Bool) async throws -> HostFacts { HostFacts(scope: scope) }

    package func heldPorts(of wanted: Set<HeldPort>) async throws -> [HeldPort: PortHolder] { [:] }

    package func listen(_ heard: @escaping @Sendable () -> Void) async throws {
        // Ends with the task alone.
        let (silence, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in silence {}
    }

    package func forget(_ stale: StaleFlows) throws -> Int {
        let socket = try ConntrackSocket.open()
        let addresses = Set(try NetlinkSocket.open().addresses(of: nil).map(\.address.address))
        var count = 0
        for filter in stale.filters {
            count += try socket.delete(filter) { stale.contains($0, ownAddresses: addresses) }
        }
        return count
    }
}
