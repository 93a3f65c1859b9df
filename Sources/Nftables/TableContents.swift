/// What the kernel holds of one table at one generation of its ruleset.
package struct TableContents: Sendable, Equatable {
    /// The number that the kernel counts up with each committed transaction of the network namespace.
    package var generation: UInt32
    /// Whether the table is there at all.
    package var exists: Bool
    /// Whether somebody switched the table off: everything is there, and no packet comes to it.
    package var isDormant: Bool
    /// By name.
    package var chains: [String: HeldChain]
    /// By name.
    package var sets: [String: HeldSet]

    package init(
        generation: UInt32,
        exists: Bool,
        isDormant: Bool = false,
        chains: [String: HeldChain] = [:],
        sets: [String: HeldSet] = [:]
    ) {
        self.generation = generation
        self.exists = exists
        self.isDormant = isDormant
        self.chains = chains
        self.sets = sets
    }
}

/// A chain as the kernel holds it.
package struct HeldChain: Sendable, Hashable {
    package var chain: Chain
    package var rules: [Rule]
    /// Whether the kernel reported something of the chain that Linnet cannot read. Such a chain always differs.
    package var isStrange: Bool

    package init(_ chain: Chain, _ rules: [Rule], isStrange: Bool = false) {
        self.chain = chain
        self.rules = rules
        self.isStrange = isStrange
    }
}

/// A set as the kernel holds it.
package struct HeldSet: Sendable, Hashable {
    package var name: String
    package var shape: SetShape
    /// In the order of their keys for a set of intervals, else in the kernel's; nil if they were not asked for.
    package var elements: [SetElement]?

    package init(name: String, shape: SetShape, elements: [SetElement]?) {
        self.name = name
        self.shape = shape
        self.elements = elements
    }
}
