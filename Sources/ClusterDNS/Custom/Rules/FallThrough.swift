import DNSWire

/// For which names a directive that has no answer leaves it to the next one.
enum FallThrough: Hashable, Sendable {
    case none
    case zones([DNSName])

    func lets(_ name: DNSName) -> Bool {
        switch self {
        case .none: false
        case .zones(let zones): zones.contains { name.isEqualOrBelow($0) }
        }
    }

    /// The line `fallthrough [ZONES]`.
    init(_ line: [CorefileToken], in directive: CorefileDirective) throws(CorefileFault) {
        var zones: [DNSName] = line.count == 1 ? [.root] : []
        for token in line.dropFirst() { zones += try CorefileZone.names(token, in: directive) }
        self = .zones(zones)
    }
}
