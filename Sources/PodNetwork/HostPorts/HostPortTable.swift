package import Netlink
import NetworkTypes
package import Nftables

/// The table `linnet-cni`: what sends packets for host ports to pods. Pure: records in, rules and elements out.
///
/// Chains are the same whatever the records are; the records are elements of maps. Without records there is no table.
package struct HostPortTable: Hashable, Sendable {
    /// The bridge that pods hang on.
    let bridge: LinkName
    let elements: [HostPortSet: [SetElement]]

    package init(_ records: [HostPortRecord], bridge: LinkName) {
        self.bridge = bridge
        var elements: [HostPortSet: [SetElement]] = [:]
        for record in records {
            for (set, own) in Self.elements(of: record) { elements[set, default: []] += own }
        }
        self.elements = elements
    }

    package var isEmpty: Bool { elements.isEmpty }

    /// Makes the table anew, in one transaction: no packet meets half of it. Tracked connections live on.
    package var rebuilding: [Operation] {
        // Deleting needs the table to be there.
        var operations: [Operation] = [.addTable, .deleteTable]
        guard !isEmpty else { return operations }
        operations.append(.addTable)
        operations += HostPortSet.all.map { .createSet($0.definition) }
        operations += chains.map { .createChain($0.chain) }
        operations += chains.flatMap { chain in chain.rules.map { .addRule($0, chain: chain.chain.name) } }
        operations += additions
        return operations
    }

    /// Puts the elements of these records into a table that is there.
    var additions: [Operation] { changes { .addElements($0, $1) } }

    /// Takes the elements of these records out of a table that is there.
    var removals: [Operation] { changes { .deleteElements($0, $1) } }

    // More than 64 KiB of elements in one message is cut without a word.
    private static let chunk = 200

    private func changes(_ operation: ([SetElement], SetDefinition) -> Operation) -> [Operation] {
        HostPortSet.all.flatMap { set in
            let elements = elements[set, default: []]
            return stride(from: 0, to: elements.count, by: Self.chunk).map { start in
                operation(Array(elements[start..<min(start + Self.chunk, elements.count)]), set.definition)
            }
        }
    }
}

// MARK: - Elements

/// One of the sets and maps of the table.
struct HostPortSet: Hashable, Sendable {
    enum Content: CaseIterable, Sendable {
        /// Ports on every address of the node.
        case ports
        /// Ports on one address of the node.
        case addressPorts
        /// Pods that have host ports, each with itself: who may come back to itself.
        case hairpin
    }

    let content: Content
    let family: AddressFamily

    static let all = Content.allCases.flatMap { content in
        AddressFamily.allCases.map { HostPortSet(content: content, family: $0) }
    }

    var name: String {
        let suffix = family == .ipv4 ? "v4" : "v6"
        switch content {
        case .ports: return "ports-\(suffix)"
        case .addressPorts: return "address-ports-\(suffix)"
        case .hairpin: return "hairpin-\(suffix)"
        }
    }

    var key: [Selector] {
        switch content {
        case .ports: [.l4proto, .port(.destination)]
        case .addressPorts: [.ip(.destination, family), .l4proto, .port(.destination)]
        case .hairpin: [.ip(.source, family), .ip(.destination, family)]
        }
    }

    var definition: SetDefinition {
        let target: [Selector] = [.ip(.destination, family), .port(.destination)]
        return SetDefinition(name, key: key, value: content == .hairpin ? nil : .fields(target))
    }
}

extension HostPortTable {
    private static func elements(of record: HostPortRecord) -> [HostPortSet: [SetElement]] {
        var elements: [HostPortSet: [SetElement]] = [:]
        let comment = record.comment
        for address in record.addresses {
            let family = address.family
            let mappings = record.mappings.filter { $0.concerns(family) }
            for mapping in mappings {
                let target: [FieldValue] = [.address(address), .port(mapping.containerPort)]
                if let host = mapping.oneAddress {
                    let element = SetElement(
                        .address(host),
                        .l4proto(mapping.transport),
                        .port(mapping.hostPort),
                        data: target,
                        comment: comment
                    )
                    elements[HostPortSet(content: .addressPorts, family: family), default: []].append(element)
                } else {
                    let element = SetElement(
                        .l4proto(mapping.transport),
                        .port(mapping.hostPort),
                        data: target,
                        comment: comment
                    )
                    elements[HostPortSet(content: .ports, family: family), default: []].append(element)
                }
            }
            guard !mappings.isEmpty else { continue }
            let pair = SetElement(.address(address), .address(address), comment: comment)
            elements[HostPortSet(content: .hairpin, family: family), default: []].append(pair)
        }
        return elements
    }
}
