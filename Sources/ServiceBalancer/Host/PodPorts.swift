import NetworkTypes
import Nftables

/// Where pods' host ports are found in nf_tables: what sends packets there is what counts.
enum PodPorts {
    /// The maps of the table `linnet-cni`, and where in their keys protocol and port are, each in a register of its own.
    static let maps: [(name: String, family: AddressFamily, offset: Int)] = [
        ("ports-v4", .ipv4, 0), ("ports-v6", .ipv6, 0), ("address-ports-v4", .ipv4, 4), ("address-ports-v6", .ipv6, 16),
    ]

    /// The chains of CNI's plugin `portmap` in its mode `nftables`, in its table of each family.
    static let portmapTable = "cni_hostport"
    static let portmapChains = ["hostports", "hostip_hostports"]

    /// The port of an element of one of the maps, with the pod as its comment names it; nil if it is on a loopback address.
    static func port(
        of element: SetElement,
        _ family: AddressFamily,
        offset: Int
    ) -> (HeldPort, String)? {
        let key = element.key
        guard key.count == offset + 8 else { return nil }
        if offset > 0, IPAddress(bytes: key[..<offset])?.isLoopback ?? true { return nil }
        let number = UInt16(key[offset + 4]) << 8 | UInt16(key[offset + 5])
        let port = HeldPort(family, TransportProtocol(rawValue: key[offset]), number)
        return (port, podName(element.comment))
    }

    /// The port that a rule of `portmap` compares with; nil if it compares with none.
    static func port(of rule: Rule, _ family: AddressFamily) -> (HeldPort, String)? {
        var transport: TransportProtocol?
        var number: UInt16?
        for (load, comparison) in zip(rule.expressions, rule.expressions.dropFirst()) {
            guard case .compare(_, .equal, let data) = comparison else { continue }
            switch load {
            case .meta(.transportProtocol, into: _): transport = data.first.map(TransportProtocol.init(rawValue:))
            case .payload(Self.destinationPort, into: _) where data.count == 2:
                number = UInt16(data[0]) << 8 | UInt16(data[1])
            // The rest of the network header: the address that the port is on, if it is on one.
            case .payload(let field, into: _) where field.header == .network && field.length > 1:
                if IPAddress(bytes: data)?.isLoopback == true { return nil }
            default: break
            }
        }
        guard let transport, let number else { return nil }
        return (HeldPort(family, transport, number), podName(rule.comment))
    }

    private static let destinationPort = PayloadField(.transport, offset: 2, length: 2)

    /// Comments are the container's ID as tools shorten it, and the pod's name if it is known.
    private static func podName(_ comment: String?) -> String {
        guard let words = comment?.split(separator: " "), let last = words.last else { return "of an unknown name" }
        return words.count > 1 ? String(last) : "of container \(last)"
    }
}
