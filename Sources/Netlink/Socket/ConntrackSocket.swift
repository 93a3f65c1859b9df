package import LinuxSystem
import Synchronization

/// A socket to the kernel's table of tracked connections, in the network namespace that it was opened in.
package final class ConntrackSocket: Sendable {
    private let exchange: Mutex<NetlinkExchange<NetlinkChannel>>

    // A dump of a hundred thousand flows comes in pieces that are read as they come.
    private static let receiveBuffer: Int32 = 4 << 20
    private static let patience = 10
    /// How often flows are looked for again when answers were lost.
    private static let attempts = 5

    /// Opens a socket in the namespace of the calling thread.
    package static func open() throws(NetlinkError) -> ConntrackSocket {
        do throws(Errno) {
            let channel = try NetlinkChannel.open(.netfilter, isBlocking: true, receiveBuffer: receiveBuffer)
            channel.limitReceive(seconds: patience)
            return ConntrackSocket(NetlinkExchange(channel))
        } catch {
            throw NetlinkError(opening: "conntrack socket", error)
        }
    }

    /// Opens a socket in another namespace. It stays there, whichever thread uses it.
    package static func open(in namespace: NetworkNamespace) throws(NetlinkError) -> ConntrackSocket {
        do {
            return try namespace.run { try ConntrackSocket.open() }
        } catch {
            throw NetlinkError(entering: namespace, error)
        }
    }

    private init(_ exchange: consuming NetlinkExchange<NetlinkChannel>) {
        self.exchange = Mutex(exchange)
    }

    /// The tracked connections that the filter means.
    package func flows(_ filter: ConntrackFilter) throws(NetlinkError) -> [ConntrackFlow] {
        let result = exchange.withLock { exchange -> Result<[ConntrackFlow], Refusal> in
            do throws(Refusal) {
                return .success(
                    try exchange.dump(filter.dumpRequest()) { _, payload in ConntrackFlow(payload: payload) }
                )
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let flows): return flows.filter(filter.matches)
        case .failure(let refusal): throw Self.error("read tracked connections", filter, refusal)
        }
    }

    /// Has the kernel forget the connections that the filter means and `isMeant` does not spare: their next packet is
    /// translated anew. Returns how many there were; one that ends meanwhile is fine.
    @discardableResult
    package func delete(
        _ filter: ConntrackFilter,
        where isMeant: (ConntrackFlow) -> Bool = { _ in true }
    ) throws(NetlinkError) -> Int {
        var count = 0
        for attempt in 1...Self.attempts {
            let flows = try flows(filter).filter(isMeant)
            if flows.isEmpty { return count }
            let refusals = exchange.withLock { $0.acknowledge(flows.map(\.deletion)) }
            count += refusals.count { $0 == nil }
            let failures = refusals.compactMap(\.self).filter { $0.errno != .noEntry }
            guard let failure = failures.first else { return count }
            // Lost answers say nothing of what was done: who is still there is looked for again.
            guard failures.allSatisfy({ Self.isLoss($0.errno) }), attempt < Self.attempts else {
                throw Self.error("delete tracked connections", filter, failure)
            }
        }
        return count
    }

    private static func isLoss(_ errno: Errno) -> Bool { errno == .noBufferSpace || errno == .timedOut }

    private static func error(_ operation: String, _ filter: ConntrackFilter, _ refusal: Refusal) -> NetlinkError {
        NetlinkError(
            operation: operation,
            subject: filter.description,
            errno: refusal.errno,
            kernelMessage: refusal.message,
            remedy: remedy(refusal.errno)
        )
    }

    private static func remedy(_ errno: Errno) -> String? {
        switch errno {
        case .permission: "CAP_NET_ADMIN is needed"
        // What nfnetlink answers for a subsystem that nobody registered.
        case .invalidArgument, .notSupported: "the kernel lacks the module nf_conntrack_netlink, or is older than 5.8"
        default: nil
        }
    }
}
