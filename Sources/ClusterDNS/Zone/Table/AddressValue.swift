import NetworkTypes

/// Who gave an address its name. The first that did wins, and hides the others.
enum NameRank: UInt8, Comparable {
    /// A Node: the name is whole, with the root.
    case node
    /// A line of NodeHosts: the name is whole, with the root.
    case nodeHosts
    /// A service with this address: the labels `SVC.NS`.
    case service
    /// An endpoint with this address: the labels `HOST.SVC.NS`.
    case endpoint

    static func < (left: NameRank, right: NameRank) -> Bool { left.rawValue < right.rawValue }
}

/// A name of an address.
struct AddressName: Hashable, Comparable {
    let rank: NameRank
    /// In lower case; at most 255 octets.
    let octets: [UInt8]

    static func < (left: AddressName, right: AddressName) -> Bool {
        left.rank == right.rank ? left.octets.lexicographicallyPrecedes(right.octets) : left.rank < right.rank
    }
}

/// How the table has the names of an address: rank, length and octets of each, in order.
enum AddressValue {
    static func octets(_ names: some Collection<AddressName>) -> [UInt8]? {
        names.isEmpty ? nil : names.sorted().flatMap { [$0.rank.rawValue, UInt8($0.octets.count)] + $0.octets }
    }

    static func names(_ octets: [UInt8]) -> Set<AddressName> {
        var names: Set<AddressName> = []
        var place = 0
        while place < octets.count, let rank = NameRank(rawValue: octets[place]) {
            let end = place + 2 + Int(octets[place + 1])
            names.insert(AddressName(rank: rank, octets: Array(octets[place + 2..<end])))
            place = end
        }
        return names
    }
}

/// How the table has a host: the numbers of IPv4 and IPv6 addresses (two octets each), the addresses. One without any is
/// there only because a host is below it.
enum HostValue {
    static let headerLength = 4

    static func octets(_ addresses: some Sequence<IPAddress>) -> [UInt8] {
        let (v4, v6) = addresses.prefix(Int(UInt16.max)).octetsByFamily
        var octets: [UInt8] = []
        octets.append(bigEndian: UInt16(v4.count / 4))
        octets.append(bigEndian: UInt16(v6.count / 16))
        return octets + v4 + v6
    }

    /// Whether the host has no address itself.
    static func isEmpty(_ octets: [UInt8]) -> Bool { octets.count == headerLength }

    static func layout(_ octets: Span<UInt8>, at start: Int) -> AddressLayout {
        AddressLayout(
            v4Count: Int(octets.number16(at: start)),
            v6Count: Int(octets.number16(at: start + 2)),
            start: start + headerLength
        )
    }
}

/// How the table has a namespace: whether there is an object of it, and how many services are in it (four octets).
struct NamespaceValue: Equatable {
    var isDeclared = false
    var services = 0

    init(_ octets: [UInt8]?) {
        guard let octets else { return }
        isDeclared = octets[0] == 1
        services = Int(octets.span.number32(at: 1))
    }

    /// Nil if the namespace does not exist.
    var octets: [UInt8]? {
        guard isDeclared || services > 0 else { return nil }
        var octets: [UInt8] = [isDeclared ? 1 : 0]
        octets.append(bigEndian: UInt32(services))
        return octets
    }
}
