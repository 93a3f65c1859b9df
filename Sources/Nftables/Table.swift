/// The address family of a table: which packets its chains see. Linnet's own tables are `inet`.
package struct TableFamily: Hashable, Sendable, RawRepresentable {
    /// The kernel's number (NFPROTO_*).
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// IPv4 and IPv6 in one table.
    package static let inet = TableFamily(rawValue: 1)
    package static let ipv4 = TableFamily(rawValue: 2)
    package static let ipv6 = TableFamily(rawValue: 10)
}

extension TableFamily: CustomStringConvertible {
    /// The family as nft writes it.
    package var description: String {
        switch self {
        case .inet: "inet"
        case .ipv4: "ip"
        case .ipv6: "ip6"
        default: "family \(rawValue)"
        }
    }
}

/// A table: the name space that holds chains and sets.
package struct Table: Hashable, Sendable {
    /// Not empty: the kernel takes a deletion without a name for "every table of the family".
    package let name: String
    package let family: TableFamily

    /// - Precondition: `name` is not empty.
    package init(_ name: String, family: TableFamily = .inet) {
        precondition(!name.isEmpty, "a table has a name")
        self.name = name
        self.family = family
    }

    /// The table of the agent, `inet linnet`.
    package static let linnet = Table("linnet")
    /// The table of pods' host ports, `inet linnet-cni`, which the CNI plugin and the agent write.
    package static let linnetCNI = Table("linnet-cni")
}

extension Table: CustomStringConvertible {
    /// The table as nft commands name it: `inet linnet`.
    package var description: String { "\(family) \(name)" }
}
