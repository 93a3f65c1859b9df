package import Metrics
package import Supervision

extension HealthBoard: MetricSource {
    /// The same two metrics for each capability that runs, so that one row of a dashboard fits all.
    package func metrics() async -> [MetricFamily] {
        snapshot().filter(\.isMeantToRun).flatMap { health in
            [
                MetricFamily(isReady: health.state.doesItsJob, of: health.name.rawValue),
                MetricFamily(restarts: health.restarts, of: health.name.rawValue),
            ]
        }
    }
}

extension CapabilityHealth {
    /// Whether configuration has it run.
    var isMeantToRun: Bool { state != .disabled }
}

extension CapabilityHealth.State {
    /// One that is degraded does, as far as it can.
    var doesItsJob: Bool {
        switch self {
        case .ready, .degraded: true
        case .starting, .restarting, .stuck, .stopped, .quarantined, .disabled: false
        }
    }

    /// Whether it runs at all, or is about to for the first time.
    var isAlive: Bool {
        switch self {
        case .ready, .degraded, .starting: true
        case .restarting, .stuck, .stopped, .quarantined, .disabled: false
        }
    }
}
