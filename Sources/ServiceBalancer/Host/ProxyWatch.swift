/// Which of the two halves of the work are allowed at all: `--disable servicelb` and `--disable kube-proxy`.
package struct ProxyChoice: Hashable, Sendable {
    package var allowsLoadBalancers: Bool
    package var allowsServices: Bool

    package init(allowsLoadBalancers: Bool = true, allowsServices: Bool = true) {
        self.allowsLoadBalancers = allowsLoadBalancers
        self.allowsServices = allowsServices
    }

    /// Whether there is nothing to do.
    package var isEmpty: Bool { !allowsLoadBalancers && !allowsServices }
}

/// Decides whether Linnet serves all of services, or leaves them to a kube-proxy and has load balancers only.
///
/// While a sign of kube-proxy was seen within the last 30 seconds it has load balancers only, from the first look that
/// shows one. A start counts as a sign, unless the last decision was to serve everything: so no restart makes a gap, and
/// none interferes with a kube-proxy that is just starting, too.
package struct ProxyWatch: Sendable {
    /// How long no sign may have been seen.
    package static let patience: Duration = .seconds(30)
    /// How often to look.
    package static let interval: Duration = .seconds(10)

    private let choice: ProxyChoice
    private let wasServing: Bool
    /// What the last look has shown; nil before the first.
    private var signs: ProxySigns?
    /// When there was a sign last; nil if there was none, and none was assumed.
    private var lastSign: ContinuousClock.Instant?
    /// When somebody listened last, or when the first look was.
    private var lastListener: ContinuousClock.Instant?
    /// When the last look was.
    private var lastLook: ContinuousClock.Instant?

    /// - Parameter wasServing: whether the last decision, by an earlier run, was to serve everything.
    package init(_ choice: ProxyChoice, wasServing: Bool) {
        self.choice = choice
        self.wasServing = wasServing
    }

    /// Enters a look.
    package mutating func look(_ new: ProxySigns, now: ContinuousClock.Instant) {
        if !new.isEmpty || (signs == nil && !wasServing) { lastSign = now }
        if !new.listeners.isEmpty || signs == nil { lastListener = now }
        signs = new
        lastLook = now
    }

    /// What is ours. Nothing before the first look.
    package var scope: BalancerScope {
        guard signs != nil else { return .none }
        return BalancerScope(loadBalancers: choice.allowsLoadBalancers, services: choice.allowsServices && isQuiet)
    }

    /// When to look again, at the latest; nil before the first look, which is due.
    package var nextLook: ContinuousClock.Instant? {
        guard let lastLook else { return nil }
        let regular = lastLook + Self.interval
        guard let lastSign, !isQuiet, signs?.isEmpty == true else { return regular }
        return min(regular, lastSign + Self.patience)
    }

    private var isQuiet: Bool {
        guard let lastSign, let lastLook else { return true }
        return lastLook - lastSign >= Self.patience
    }

    /// What is there of a kube-proxy that is not running, in order.
    package var leftBehind: [ProxyTrace] {
        guard choice.allowsServices, let signs, signs.listeners.isEmpty, let lastLook, let lastListener,
            lastLook - lastListener >= Self.patience
        else { return [] }
        return ProxyTrace.allCases.filter(signs.traces.contains)
    }
}

// MARK: - For people

extension ProxyWatch {
    /// Why the scope is as it is.
    package var reason: String {
        guard choice.allowsServices else { return "serving cluster addresses and node ports is switched off" }
        guard let signs else { return "not looked for kube-proxy yet" }
        if let listener = signs.listeners.first { return "kube-proxy is running: \(listener)" }
        if let trace = ProxyTrace.allCases.first(where: signs.traces.contains) {
            return "kube-proxy may be running: \(trace) is there"
        }
        return isQuiet ? "no sign of kube-proxy" : "waiting for \(Self.patience) without a sign of kube-proxy"
    }

    /// What was left behind, each with the command that removes it.
    package var complaints: [String] {
        leftBehind.map { trace in
            "\(trace) was left behind by a kube-proxy that does not run: while it is there, cluster addresses and node "
                + "ports are not served; remove it with `\(trace.removal)`"
        }
    }

    /// What may be of interest, and is no complaint.
    package var notes: [String] {
        guard choice.allowsServices, let tables = signs?.legacyTables, !tables.isEmpty else { return [] }
        return [
            "iptables-legacy has tables (\(tables.joined(separator: ", "))), whose rules cannot be seen from here: rules of "
                + "a kube-proxy among them are shown by `iptables-legacy-save | grep KUBE-`"
        ]
    }
}
