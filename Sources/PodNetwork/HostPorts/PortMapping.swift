package import NetworkTypes

/// A port of the node that leads to a port of a pod (capability `portMappings`).
package struct PortMapping: Hashable, Sendable {
    package var transport: TransportProtocol
    /// The node's address that the port is on. Nil is every address of the node; 0.0.0.0 and :: are every one of their
    /// family.
    package var hostAddress: IPAddress?
    /// From 1 on.
    package var hostPort: UInt16
    /// From 1 on.
    package var containerPort: UInt16

    package init(
        _ transport: TransportProtocol,
        hostAddress: IPAddress? = nil,
        hostPort: UInt16,
        containerPort: UInt16
    ) {
        self.transport = transport
        self.hostAddress = hostAddress
        self.hostPort = hostPort
        self.containerPort = containerPort
    }

    /// Whether packets of the family are meant.
    package func concerns(_ family: AddressFamily) -> Bool { hostAddress.map { $0.family == family } ?? true }

    /// The one address of the node that is meant; nil if it is every one.
    package var oneAddress: IPAddress? { hostAddress.flatMap { $0.isUnspecified ? nil : $0 } }

    /// Whether a packet of the family to some address of the node is meant by both.
    func overlaps(_ other: PortMapping, in family: AddressFamily) -> Bool {
        guard transport == other.transport, hostPort == other.hostPort else { return false }
        guard concerns(family), other.concerns(family) else { return false }
        guard let own = oneAddress, let others = other.oneAddress else { return true }
        return own == others
    }
}

extension PortMapping: CustomStringConvertible {
    /// The port as people write it: `tcp 8080`, `udp 192.0.2.1:53`, `tcp [fd00::1]:80`.
    package var description: String {
        switch oneAddress {
        case nil: "\(transport) \(hostPort)"
        case .v4(let address): "\(transport) \(address):\(hostPort)"
        case .v6(let address): "\(transport) [\(address)]:\(hostPort)"
        }
    }
}

// MARK: - JSON

extension PortMapping {
    private static let transports: [String: TransportProtocol] = ["tcp": .tcp, "udp": .udp, "sctp": .sctp]

    /// The entries of the runtime's list, each checked by itself.
    ///
    /// - Parameter place: what the list is, for errors.
    static func list(_ values: [JSONValue], in place: String) throws(CNIError) -> [PortMapping] {
        var mappings: [PortMapping] = []
        for (number, value) in values.enumerated() {
            let place = "\(place)[\(number)]"
            let mapping = try PortMapping(value, at: place)
            // Two ways for one packet: one of them would never be taken.
            let same = mappings.firstIndex { earlier in
                earlier.oneAddress == mapping.oneAddress
                    && AddressFamily.allCases.contains { earlier.overlaps(mapping, in: $0) }
            }
            if let same {
                throw CNIError(
                    .invalidConfiguration,
                    "\(place) wants the host port \(mapping), which entry [\(same)] of the same pod wants too"
                )
            }
            mappings.append(mapping)
        }
        return mappings
    }

    private init(_ value: JSONValue, at place: String) throws(CNIError) {
        guard case .object = value else {
            throw CNIError(.undecodable, "\(place) is \(value.kind) instead of an object")
        }
        hostPort = try Self.port(value["hostPort"], "hostPort of \(place)")
        containerPort = try Self.port(value["containerPort"], "containerPort of \(place)")
        transport = try Self.transport(value["protocol"], place)
        hostAddress = try Self.address(value["hostIP"], place)
    }

    private static func port(_ value: JSONValue?, _ place: String) throws(CNIError) -> UInt16 {
        guard case .number(let digits)? = value, let port = UInt16(digits), port > 0 else {
            throw CNIError(
                .invalidConfiguration,
                "\(place) is \(value.map(\.text) ?? "missing")",
                details: "write a number from 1 to 65535"
            )
        }
        return port
    }

    private static func transport(_ value: JSONValue?, _ place: String) throws(CNIError) -> TransportProtocol {
        switch value {
        // As Kubernetes has it.
        case nil, .null?: return .tcp
        case .string(let name)?:
            if let transport = transports[name.lowercased()] { return transport }
        default: break
        }
        throw CNIError(
            .invalidConfiguration,
            "protocol of \(place) is \(value.map(\.text) ?? "missing")",
            details: "host ports are of tcp, udp or sctp"
        )
    }

    private static func address(_ value: JSONValue?, _ place: String) throws(CNIError) -> IPAddress? {
        switch value {
        case nil, .null?: return nil
        case .string(let text)?:
            if text.isEmpty { return nil }
            // One that the node does not have yet is fine: it may come, and go, with another machine's failure.
            guard let address = try? IPAddress(parsing: text), !address.isMulticast else { break }
            guard address.family == .ipv4 || !address.isLoopback else {
                throw CNIError(
                    .invalidConfiguration,
                    "hostIP of \(place) is \(value.map(\.text) ?? "missing")",
                    details: "the kernel sends nothing of ::1 to a pod: write 127.0.0.1, or another address"
                )
            }
            return address
        default: break
        }
        throw CNIError(
            .invalidConfiguration,
            "hostIP of \(place) is \(value.map(\.text) ?? "missing")",
            details: "write one IP address that the node has or gets, or leave it out for all of them"
        )
    }

    /// The entry as the runtime would write it.
    var document: JSONValue {
        .members([
            ("hostPort", .number(Int(hostPort))),
            ("containerPort", .number(Int(containerPort))),
            ("protocol", .string("\(transport)")),
            ("hostIP", hostAddress.map { .string($0.description) }),
        ])
    }
}
