import NetworkTypes

/// Where the parts of a service's value are: read from its first octets, nothing is copied.
struct ServiceLayout {
    static let headerLength = 21

    let start: Int
    let form: ServiceForm
    private(set) var v4Count = 0
    private(set) var v6Count = 0
    private(set) var hostCount = 0
    private(set) var portCount = 0
    private(set) var firstPort = 0

    /// - Parameter start: where the value is in the octets.
    init(_ octets: Span<UInt8>, at start: Int) {
        self.start = start
        form = ServiceForm(rawValue: octets[start]) ?? .absent
        guard form == .clusterIP || form == .headless else { return }
        v4Count = Int(octets.number32(at: start + 1))
        v6Count = Int(octets.number32(at: start + 5))
        hostCount = Int(octets.number32(at: start + 9))
        portCount = Int(octets.number32(at: start + 13))
        firstPort = start + Int(octets.number32(at: start + 17))
    }

    /// The service's addresses.
    var addresses: AddressLayout {
        AddressLayout(v4Count: v4Count, v6Count: v6Count, start: start + Self.headerLength)
    }

    /// A host by its index.
    func host(_ index: Int, _ octets: Span<UInt8>) -> HostLayout {
        HostLayout(octets, at: start + Int(octets.number32(at: addresses.end + 4 * index)))
    }

    /// The host with a label, found by halving.
    func host(_ label: Range<Int>, of name: Span<UInt8>, _ octets: Span<UInt8>) -> HostLayout? {
        var low = 0
        var high = hostCount
        while low < high {
            let middle = (low + high) / 2
            let host = host(middle, octets)
            switch Self.order(name, label, octets, host.label) {
            case 0: return host
            case ..<0: high = middle
            default: low = middle + 1
            }
        }
        return nil
    }

    /// Below zero if the first run precedes the second one, zero if they are equal.
    private static func order(
        _ left: Span<UInt8>,
        _ leftRange: Range<Int>,
        _ right: Span<UInt8>,
        _ rightRange: Range<Int>
    ) -> Int {
        for offset in 0..<min(leftRange.count, rightRange.count) {
            let difference = Int(left[leftRange.lowerBound + offset]) - Int(right[rightRange.lowerBound + offset])
            if difference != 0 { return difference }
        }
        return leftRange.count - rightRange.count
    }
}

/// Addresses in a value: IPv4 ones, then IPv6 ones, in network byte order.
struct AddressLayout: Sendable, Equatable {
    let v4Count: Int
    let v6Count: Int
    let start: Int

    var end: Int { start + 4 * v4Count + 16 * v6Count }

    /// How many there are of a family.
    func count(_ family: AddressFamily) -> Int { family == .ipv4 ? v4Count : v6Count }

    /// Where one of a family is.
    func range(_ index: Int, _ family: AddressFamily) -> Range<Int> {
        let place = family == .ipv4 ? start + 4 * index : start + 4 * v4Count + 16 * index
        return place..<place + family.octetCount
    }
}

/// Where the parts of a host are in a service's value.
struct HostLayout {
    let label: Range<Int>
    let addresses: AddressLayout

    init(_ octets: Span<UInt8>, at place: Int) {
        label = place + 1..<place + 1 + Int(octets[place])
        addresses = AddressLayout(
            v4Count: Int(octets.number16(at: label.upperBound)),
            v6Count: Int(octets.number16(at: label.upperBound + 2)),
            start: label.upperBound + 4
        )
    }
}

/// Where the parts of a port are in a service's value.
struct PortLayout {
    let transport: UInt8
    let number: UInt16
    let name: Range<Int>
    /// How many pairs of the port and an address there are.
    let entries: Int
    /// How many of the hosts, the first ones, have the number by no port before this one.
    let distinct: Int
    let hostCount: Int
    private let indexes: Int

    init(_ octets: Span<UInt8>, at place: Int) {
        transport = octets[place]
        number = octets.number16(at: place + 1)
        name = place + 4..<place + 4 + Int(octets[place + 3])
        entries = Int(octets.number32(at: name.upperBound))
        distinct = Int(octets.number32(at: name.upperBound + 4))
        hostCount = Int(octets.number32(at: name.upperBound + 8))
        indexes = name.upperBound + 12
    }

    /// Where the next port begins.
    var end: Int { indexes + 4 * hostCount }

    /// The index of one of its hosts among the service's.
    func host(_ index: Int, _ octets: Span<UInt8>) -> Int { Int(octets.number32(at: indexes + 4 * index)) }
}
