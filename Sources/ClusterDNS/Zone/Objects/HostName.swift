import DNSWire
import NetworkTypes

/// Names of hosts in wire form and lower case, as objects and lines give them.
enum HostName {
    /// The label that stands for any other one, behind its length.
    private static let wildcard: [UInt8] = [1, UInt8(ascii: "*")]

    /// Nil if the text cannot be the name of a host: it is no name, or says nothing more than an address.
    static func wire(_ text: String) -> [UInt8]? {
        guard let name = try? DNSName(parsing: text), !name.isRoot, (try? IPAddress(parsing: text)) == nil else {
            return nil
        }
        return name.folded.wire
    }

    /// What any one label may stand before, nil if the name is a name of its own.
    static func parentOfWildcard(_ name: [UInt8]) -> [UInt8]? {
        name.starts(with: wildcard) ? Array(name.dropFirst(wildcard.count)) : nil
    }

    /// Whether there is a `*` that stands for nothing: within a label, behind another one, or alone.
    static func hasMisplacedWildcard(_ name: [UInt8]) -> Bool {
        let rest = parentOfWildcard(name) ?? name
        return rest == [0] || rest.contains(UInt8(ascii: "*"))
    }
}
