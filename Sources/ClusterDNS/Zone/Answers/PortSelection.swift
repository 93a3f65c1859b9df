/// Which ports of a service are asked for.
enum PortSelection {
    case all
    /// Those with this name and this transport protocol.
    case named(Range<Int>, UInt8)

    /// How many records a selected port has: at the service's own name no number and target come twice.
    func targets(of port: PortLayout) -> Int {
        switch self {
        case .all: port.distinct
        case .named: max(1, port.hostCount)
        }
    }
}

/// How many ports a selection has.
struct PortMatches {
    var count = 0
    /// How many pairs of one of the ports and an address there are.
    var entries = 0

    /// What SRV records have as weight: equal shares of a hundred.
    var weight: UInt16 { UInt16(max(1, 100 / max(1, entries))) }
}

extension ServiceLayout {
    /// Counts the ports that are selected.
    func matches(_ selection: PortSelection, of name: Span<UInt8>, _ octets: Span<UInt8>) -> PortMatches {
        var matches = PortMatches()
        var place = firstPort
        for _ in 0..<portCount {
            let port = PortLayout(octets, at: place)
            place = port.end
            guard port.isSelected(selection, of: name, octets) else { continue }
            matches.count += 1
            matches.entries += port.entries
        }
        return matches
    }

    /// Whether some port with a name has this transport protocol.
    func hasNamedPort(_ transport: UInt8, _ octets: Span<UInt8>) -> Bool {
        var place = firstPort
        for _ in 0..<portCount {
            let port = PortLayout(octets, at: place)
            place = port.end
            if port.transport == transport, !port.name.isEmpty { return true }
        }
        return false
    }
}

extension PortLayout {
    func isSelected(_ selection: PortSelection, of other: Span<UInt8>, _ octets: Span<UInt8>) -> Bool {
        guard case .named(let label, let transport) = selection else { return true }
        guard transport == self.transport, label.count == name.count else { return false }
        for offset in 0..<label.count where other[label.lowerBound + offset] != octets[name.lowerBound + offset] {
            return false
        }
        return true
    }
}
