package import ClusterState
package import NetworkTypes

/// The name of a lease in etcd, in flannel's form: `10.5.52.0-24`, with both families
/// `10.12.13.0-24&fd00:12:13::-56`, with IPv6 alone `0.0.0.0-0&fd00:12:13::-56`.
package struct SubnetKey: Hashable, Sendable, Comparable {
    /// At least one family has a subnet.
    package let subnets: PerFamily<IPPrefix>

    /// Nil without any subnet.
    package init?(_ subnets: PerFamily<IPPrefix>) {
        guard !subnets.isEmpty else { return nil }
        self.subnets = subnets
    }

    /// Reads what follows `<prefix>/subnets/`: the whole of it, with nothing before or after.
    ///
    /// As in flannel prefix lengths reach to 31 and 127 and IPv6 is in lower case; host bits must be zero.
    package init?(parsing text: some StringProtocol) {
        let parts = text.split(separator: "&", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let first = Self.subnet(parts[0], .ipv4, longest: 31) else { return nil }
        var subnets = PerFamily<IPPrefix>()
        if parts.count == 2 {
            guard let second = Self.subnet(parts[1], .ipv6, longest: 127) else { return nil }
            subnets.v6 = second
        }
        // What flannel writes for a family that is off.
        let isAbsent = first.length == 0 && first.base.isUnspecified && parts.count == 2
        if !isAbsent { subnets.v4 = first }
        self.init(subnets)
    }

    private static func subnet(_ text: some StringProtocol, _ family: AddressFamily, longest: Int) -> IPPrefix? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy(isDigit),
            let length = Int(parts[1]), length <= longest, !parts[0].contains(where: \.isUppercase),
            let address = try? IPAddress(parsing: parts[0]), address.family == family
        else { return nil }
        let prefix = IPPrefix(containing: address, length: length)
        return prefix.base == address ? prefix : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// Whether an address of one is an address of the other.
    package func overlaps(_ other: SubnetKey) -> Bool {
        subnets.families.contains { family in
            guard let mine = subnets[family], let theirs = other.subnets[family] else { return false }
            return mine.overlaps(theirs)
        }
    }

    /// The name of a Node that has told no other one: the key, with what no name may have replaced.
    package var nodeName: NodeName? {
        guard let v6 = subnets.v6 else { return NodeName(rawValue: description) }
        let second = "v6-\(v6.base)-\(v6.length)".replacing(":", with: "-")
        let first = subnets.v4.map { "\($0.base)-\($0.length)." } ?? ""
        return NodeName(rawValue: first + second)
    }

    package static func < (left: SubnetKey, right: SubnetKey) -> Bool { left.description < right.description }
}

extension SubnetKey: CustomStringConvertible {
    package var description: String {
        let v4 = subnets.v4.map { "\($0.base)-\($0.length)" } ?? "0.0.0.0-0"
        return subnets.v6.map { "\(v4)&\($0.base)-\($0.length)" } ?? v4
    }
}
