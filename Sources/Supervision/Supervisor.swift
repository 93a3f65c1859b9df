package import Logging
package import ServiceLifecycle

/// Composes the services of the process: each capability starts once the one before it has reported, all stop in reverse
/// order, and the watchdog outlives them.
package struct Supervisor<C: Clock<Duration>>: Sendable {
    private let board: HealthBoard
    private let clock: C
    private let random: @Sendable () -> Double
    private let logger: Logger

    package init(
        board: HealthBoard,
        clock: C,
        random: @escaping @Sendable () -> Double,
        logger: Logger
    ) {
        self.board = board
        self.clock = clock
        self.random = random
        self.logger = logger
    }

    /// How long all capabilities together may take to stop before they are cancelled: ten seconds are the ingress's, for the
    /// requests that are under way.
    package static var stopLimit: Duration { .seconds(15) }

    /// How long they may take to end once they are cancelled.
    package static var cancellationLimit: Duration { .seconds(10) }

    /// The group of services that runs these capabilities, in order, until it is told to stop.
    ///
    /// - Parameters:
    ///   - quarantines: the capabilities that have to sit something out first.
    ///   - others: services that start first and stop last.
    ///   - end: a service whose return stops all others.
    package func group(
        running capabilities: [any Capability],
        quarantined quarantines: [CapabilityName: Quarantine] = [:],
        beside others: [any Service],
        until end: (any Service)? = nil
    ) -> ServiceGroup {
        var services = others.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) }
        if let end { services.append(.init(service: end, successTerminationBehavior: .gracefullyShutdownGroup)) }
        var predecessor: CapabilityName?
        for capability in capabilities {
            board.add(capability.name)
            let supervised = Supervised(
                capability,
                on: board,
                after: predecessor,
                quarantined: quarantines[capability.name],
                clock: clock,
                random: random,
                logger: logger
            )
            services.append(ServiceGroupConfiguration.ServiceConfiguration(service: supervised))
            predecessor = capability.name
        }
        // Signals are the caller's: they have to be caught before a group runs, and after.
        var configuration = ServiceGroupConfiguration(services: services, logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopLimit
        configuration.maximumCancellationDuration = Self.cancellationLimit
        return ServiceGroup(configuration: configuration)
    }
}
