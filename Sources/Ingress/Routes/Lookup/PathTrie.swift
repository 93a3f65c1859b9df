/// The paths of one host by their elements. Values are numbers of routes, one for each entry point.
///
/// A node is a list of elements; it has what is for exactly these, without and with a slash at the end, and what is for all
/// paths that begin with them. Where the latter is missing it has what the node above has.
struct PathTrie: Sendable {
    /// What stands where there is no route.
    static let none: Int32 = -1

    /// What a node has.
    enum Slot: Int, CaseIterable {
        case prefix, exact, exactWithSlash
    }

    /// A step from a node to one below it.
    private struct Edge {
        var hash: UInt64
        /// Below zero where there is no edge.
        var parent: Int32
        var child: Int32
        /// Where the element stands among the labels.
        var start: Int32
        var count: Int32

        static let none = Edge(hash: 0, parent: -1, child: -1, start: 0, count: 0)
    }

    /// How many values a node has: of each slot one for each of the two entry points.
    private static var width: Int { 6 }

    private let seed: UInt64
    /// Of each node its `Slot`s, of each slot the entry points.
    private var values: [Int32]
    /// At most half full; the place follows from the hash, what collides comes behind.
    private var edges: [Edge] = []
    private var edgeCount = 0
    private var labels: [UInt8] = []

    /// A trie of the root alone.
    init(seed: UInt64) {
        self.seed = seed
        values = Array(repeating: Self.none, count: Self.width)
    }

    /// What requests for a path, which begins with a slash, get that come in at an entry point.
    @inline(__always)
    func value(for path: Span<UInt8>, over point: EntryPoint) -> Int32 {
        if path.count == 1 { return exact(.exact, at: 0, point) }
        guard edgeCount > 0 else { return values[point.index] }
        var node: Int32 = 0
        var position = 1
        while position < path.count {
            var hash = OctetHash(seed: seed ^ UInt64(truncatingIfNeeded: node))
            var end = position
            while end < path.count, path[end] != .slash {
                hash.combine(path[end])
                end &+= 1
            }
            let below = child(of: node, path, position..<end, hash.value)
            guard below >= 0 else { return values[Self.place(.prefix, at: node, point)] }
            node = below
            if end == path.count { return exact(.exact, at: node, point) }
            position = end &+ 1
        }
        return exact(.exactWithSlash, at: node, point)
    }

    @inline(__always)
    private func exact(_ slot: Slot, at node: Int32, _ point: EntryPoint) -> Int32 {
        let own = values[Self.place(slot, at: node, point)]
        return own >= 0 ? own : values[Self.place(.prefix, at: node, point)]
    }

    @inline(__always)
    private static func place(_ slot: Slot, at node: Int32, _ point: EntryPoint) -> Int {
        Int(node) &* width &+ slot.rawValue &* 2 &+ point.index
    }

    @inline(__always)
    private func child(of node: Int32, _ path: Span<UInt8>, _ element: Range<Int>, _ hash: UInt64) -> Int32 {
        var index = Int(truncatingIfNeeded: hash) & (edges.count &- 1)
        while edges[index].parent >= 0 {
            let edge = edges[index]
            if edge.hash == hash, edge.parent == node, isLabel(edge, path, element) { return edge.child }
            index = (index &+ 1) & (edges.count &- 1)
        }
        return -1
    }

    @inline(__always)
    private func isLabel(_ edge: Edge, _ path: Span<UInt8>, _ element: Range<Int>) -> Bool {
        guard Int(edge.count) == element.count else { return false }
        var own = Int(edge.start)
        for index in element {
            if labels[own] != path[index] { return false }
            own &+= 1
        }
        return true
    }
}

// MARK: - Making

extension PathTrie {
    /// The node of a path, which is made if it is not there.
    mutating func node(of path: RulePath) -> Int32 {
        var node: Int32 = 0
        for element in path.elements { node = step(from: node, element) }
        return node
    }

    /// What a node has itself.
    subscript(_ slot: Slot, _ node: Int32, _ point: EntryPoint) -> Int32 {
        get { values[Self.place(slot, at: node, point)] }
        set { values[Self.place(slot, at: node, point)] = newValue }
    }

    /// Gives nodes that have nothing for all paths below what the node above has. Nodes stand behind those above them.
    mutating func inherit() {
        var parents = Array(repeating: Int32(0), count: values.count / Self.width)
        for edge in edges where edge.parent >= 0 { parents[Int(edge.child)] = edge.parent }
        for (node, parent) in parents.enumerated() {
            for point in EntryPoint.allCases where self[.prefix, Int32(node), point] == Self.none {
                self[.prefix, Int32(node), point] = self[.prefix, parent, point]
            }
        }
    }

    private mutating func step(from node: Int32, _ element: ArraySlice<UInt8>) -> Int32 {
        let octets = Array(element)
        let hash = OctetHash.of(octets.span, seed: seed ^ UInt64(truncatingIfNeeded: node))
        if edgeCount > 0 {
            let below = child(of: node, octets.span, 0..<octets.count, hash)
            if below >= 0 { return below }
        }
        let child = Int32(values.count / Self.width)
        values += Array(repeating: Self.none, count: Self.width)
        let start = Int32(labels.count)
        labels += octets
        if 2 * (edgeCount + 1) > edges.count { grow() }
        insert(Edge(hash: hash, parent: node, child: child, start: start, count: Int32(octets.count)))
        edgeCount += 1
        return child
    }

    private mutating func grow() {
        let former = edges
        edges = Array(repeating: .none, count: max(2, 2 * former.count))
        for edge in former where edge.parent >= 0 { insert(edge) }
    }

    private mutating func insert(_ edge: Edge) {
        var index = Int(truncatingIfNeeded: edge.hash) & (edges.count - 1)
        while edges[index].parent >= 0 { index = (index + 1) & (edges.count - 1) }
        edges[index] = edge
    }
}
