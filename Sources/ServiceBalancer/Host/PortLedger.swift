/// Which ports of this node load balancers have, and which they leave to others, as looks at the node have shown it.
///
/// A port that somebody has at the first look is refused. It is given once it was seen free twice, some time apart: a
/// server that restarts must find its port again. A port that was given stays given: a program that listens there later is
/// only told of, since to withdraw the port would cut off clients for the sake of one that has none yet. After a restart
/// of the agent, which does not know who came first, the program has it.
package struct PortLedger: Sendable {
    private enum Entry: Hashable, Sendable {
        /// Given. Who else listens there by now.
        case given(rival: PortHolder?)
        /// Left to its holder, who was not seen at any look since `freeSince`.
        case refused(PortHolder, freeSince: ContinuousClock.Instant?)
    }

    /// How long a refused port has to be free.
    package static let patience: Duration = .seconds(10)
    /// How often refused ports are looked at.
    package static let interval: Duration = .seconds(30)

    private var entries: [HeldPort: Entry] = [:]
    /// When refused ports are due; nil while none is refused.
    package private(set) var nextLook: ContinuousClock.Instant?
    /// Who has the ports that are refused.
    package private(set) var refused: [HeldPort: PortHolder] = [:]

    package init() {}

    /// Enters a look.
    ///
    /// - Parameters:
    ///   - wanted: the ports that load balancers want.
    ///   - holders: who has some of them, beside us.
    package mutating func look(
        at wanted: Set<HeldPort>,
        _ holders: [HeldPort: PortHolder],
        now: ContinuousClock.Instant
    ) {
        var new: [HeldPort: Entry] = [:]
        for port in wanted { new[port] = Self.entry(after: entries[port], holders[port], now) }
        entries = new
        refused = new.compactMapValues { if case .refused(let holder, _) = $0 { holder } else { nil } }
        nextLook = new.values.compactMap { entry -> ContinuousClock.Instant? in
            switch entry {
            case .given: nil
            case .refused(_, let freeSince): freeSince.map { $0 + Self.patience } ?? now + Self.interval
            }
        }.min()
    }

    private static func entry(
        after old: Entry?,
        _ holder: PortHolder?,
        _ now: ContinuousClock.Instant
    ) -> Entry {
        switch (old, holder) {
        case (.given, let rival): .given(rival: rival)
        case (nil, nil): .given(rival: nil)
        case (nil, let holder?), (.refused, let holder?): .refused(holder, freeSince: nil)
        case (.refused(let holder, let since), nil):
            if let since, now - since >= patience {
                .given(rival: nil)
            } else {
                .refused(holder, freeSince: since ?? now)
            }
        }
    }

    /// What is wrong with ports that load balancers have, in order.
    package var complaints: [String] {
        entries.compactMap { port, entry -> (HeldPort, PortHolder)? in
            if case .given(let rival?) = entry { (port, rival) } else { nil }
        }
        .sorted { $0.0 < $1.0 }
        .map { port, rival in
            "\(port) is a load balancer's, and by now also of \(rival), who gets no connections from outside there"
        }
    }
}
