import LinuxSystem
package import Logging
package import NetworkTypes
package import PlainHTTP
package import Supervision
import Synchronization

/// Answers Prometheus and health checks for as long as the agent runs, all on one thread.
package struct MetricsCapability: Capability {
    package let name = CapabilityName.metrics

    private let addresses: [ListenAddress]
    private let routes: HTTPRoutes
    private let limits: HTTPLimits
    private let retry: Duration
    private let logger: Logger

    /// - Parameter retry: how long after an address could not be had it is tried again.
    package init(
        addresses: [ListenAddress],
        routes: HTTPRoutes,
        limits: HTTPLimits = HTTPLimits(),
        retry: Duration = .seconds(10),
        logger: Logger
    ) {
        self.addresses = addresses
        self.routes = routes
        self.limits = limits
        self.retry = retry
        self.logger = logger
    }

    package func run(reporting health: HealthReporter) async throws {
        let thread = ServingThread(named: name.threadName)
        let places = Places(addresses, reporting: health)
        await withDiscardingTaskGroup { tasks in
            for address in addresses {
                let listener = HTTPListener(address, limits, on: thread, answering: routes.answer)
                tasks.addTask { await keep(listener, places) }
            }
        }
        await thread.shutDown()
    }

    /// Serves an address, again and again if it cannot be had, until the task is cancelled.
    private func keep(_ listener: HTTPListener, _ places: Places) async {
        while !Task.isCancelled {
            do {
                try await listener.run { places.set(nil, of: listener.address) }
            } catch {
                guard !Task.isCancelled else { return }
                let complaint = Self.complaint(about: error)
                if places.set(complaint, of: listener.address) {
                    logger.log(
                        .warning,
                        "metrics cannot be served on an address",
                        [.address: "\(listener.address)", .error: complaint, .retryDelay: retry.inSeconds]
                    )
                }
            }
            try? await Task.sleep(for: retry)
        }
    }

    private static func complaint(about error: any Error) -> String {
        guard let failure = error as? ListenFailure, failure.errno == .addressInUse else { return "\(error)" }
        return "\(failure): stop it, or choose another --metrics-address"
    }
}

/// Which addresses are served, and what is wrong with the others.
private final class Places: Sendable {
    private struct State {
        var served: Set<ListenAddress> = []
        var complaints: [ListenAddress: String] = [:]
    }

    private let addresses: [ListenAddress]
    private let health: HealthReporter
    private let state = Mutex(State())

    init(_ addresses: [ListenAddress], reporting health: HealthReporter) {
        self.addresses = addresses
        self.health = health
    }

    /// Returns whether that is another complaint than before.
    @discardableResult
    func set(_ complaint: String?, of address: ListenAddress) -> Bool {
        state.withLock { state in
            let isNew = state.complaints[address] != complaint
            state.complaints[address] = complaint
            if complaint == nil { state.served.insert(address) } else { state.served.remove(address) }
            let complaints = addresses.compactMap { state.complaints[$0] }
            if !complaints.isEmpty {
                health.degraded(complaints.joined(separator: "; "))
            } else if state.served.count == addresses.count {
                health.ready(addresses.map(\.description).joined(separator: ", "))
            }
            health.waiting(for: "requests")
            return isNew
        }
    }
}

extension CapabilityName {
    package static let metrics = CapabilityName(rawValue: "metrics")
}
