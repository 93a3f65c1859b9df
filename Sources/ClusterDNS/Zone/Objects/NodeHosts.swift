import DNSWire
import NetworkTypes

/// The key `NodeHosts` of k3s's ConfigMap: lines of an address and names, as in `/etc/hosts`. A name may begin with the
/// label `*`, which stands for any one label.
struct NodeHosts: Equatable {
    /// The addresses by name, in the order of the lines. Names are in wire form and lower case.
    private(set) var addresses: [[UInt8]: [IPAddress]] = [:]
    /// The lines that say nothing: no address, no name, or a name that cannot be one. The first is 1.
    private(set) var unreadableLines: [Int] = []

    init(_ text: String = "") {
        // A line may end in \r\n, which is one character: octets are what is split.
        let lines = text.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "\n") }
        for (index, line) in lines.enumerated() {
            let fields = line.prefix { $0 != UInt8(ascii: "#") }.split(whereSeparator: Self.isSpace)
            if fields.isEmpty { continue }
            if !read(fields.map { String($0) ?? "" }) { unreadableLines.append(index + 1) }
        }
    }

    private static func isSpace(_ octet: UInt8) -> Bool {
        octet == UInt8(ascii: " ") || (9...13).contains(octet)
    }

    private mutating func read(_ fields: [String]) -> Bool {
        guard fields.count > 1, let address = try? IPAddress(parsing: fields[0]) else { return false }
        var isReadable = true
        for field in fields.dropFirst() {
            guard let wire = HostName.wire(field), !HostName.hasMisplacedWildcard(wire) else {
                isReadable = false
                continue
            }
            if addresses[wire]?.contains(address) != true { addresses[wire, default: []].append(address) }
        }
        return isReadable
    }
}
