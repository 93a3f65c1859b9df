/// The settings of an interface as a port of a bridge.
package struct BridgePort: Hashable, Sendable {
    /// Whether a packet may leave by the port it came in (`hairpin`), which a pod needs to reach itself by a service.
    package var isHairpin: Bool
    /// Whether packets never pass between this port and another isolated one.
    package var isIsolated: Bool
    /// Whether the bridge learns addresses from the port.
    package var isLearning: Bool

    package init(isHairpin: Bool = false, isIsolated: Bool = false, isLearning: Bool = true) {
        self.isHairpin = isHairpin
        self.isIsolated = isIsolated
        self.isLearning = isLearning
    }
}

/// What to change of a bridge port. Nil leaves a setting as it is.
package struct BridgePortChange: Hashable, Sendable {
    package var hairpin: Bool?
    package var isolated: Bool?
    package var learning: Bool?

    package init(hairpin: Bool? = nil, isolated: Bool? = nil, learning: Bool? = nil) {
        self.hairpin = hairpin
        self.isolated = isolated
        self.learning = learning
    }
}
