/// Something the agent keeps true: the supervisor runs it on a thread of its own, named after it.
package protocol Capability: Sendable {
    var name: CapabilityName { get }

    /// Does the work until shutdown is requested or the task is cancelled, and only then returns.
    ///
    /// Throwing, or returning before that, is a failure that ends in a restart.
    func run(reporting health: HealthReporter) async throws
}

/// The name of a capability, as status, logs and its thread show it.
package struct CapabilityName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}
