import Netlink
package import NetworkTypes

/// The host ports of one attachment, as the record on disk has them.
package struct HostPortRecord: Hashable, Sendable {
    package var attachment: CNIAttachment
    /// The network that it is attached to: GC is for one network.
    package var network: String
    /// `namespace/name` of the pod, if the runtime said so.
    package var pod: String?
    /// The pod's addresses, at most one of each family.
    package var addresses: [IPAddress]
    package var mappings: [PortMapping]

    package init(
        attachment: CNIAttachment,
        network: String,
        pod: String? = nil,
        addresses: [IPAddress],
        mappings: [PortMapping]
    ) {
        self.attachment = attachment
        self.network = network
        self.pod = pod
        self.addresses = addresses
        self.mappings = mappings
    }

    /// Who has the ports, for messages: `default/web (container 3f9c…)`.
    package var holder: String {
        let container = "container \(attachment.container)"
        return pod.map { "\($0) (\(container))" } ?? container
    }

    /// What `nft list` shows beside the ports: the container's ID as tools shorten it, and the pod.
    var comment: String {
        let text = [String(attachment.container.rawValue.prefix(12)), pod].compactMap(\.self).joined(separator: " ")
        // nft ends the text at a quotation mark, and the kernel keeps 127 bytes.
        let safe = text.unicodeScalars.map {
            $0.isASCII && $0.value >= 0x20 && !"\"\\".unicodeScalars.contains($0) ? $0 : "_"
        }
        var comment = ""
        comment.unicodeScalars.append(contentsOf: safe.prefix(127))
        return comment
    }

    /// The first of this record's mappings that `other` has already, for some packet.
    func clash(with other: HostPortRecord) -> PortMapping? {
        let families = addresses.map(\.family).filter { family in other.addresses.contains { $0.family == family } }
        return mappings.first { mapping in
            families.contains { family in other.mappings.contains { $0.overlaps(mapping, in: family) } }
        }
    }

    /// Throws what cannot be: a mapping of a family that the pod has no address of.
    func check() throws(CNIError) {
        for mapping in mappings {
            guard let family = mapping.hostAddress?.family else { continue }
            guard addresses.contains(where: { $0.family == family }) else {
                throw CNIError(
                    .invalidConfiguration,
                    "the host port \(mapping) is on an \(family) address, but the pod has none",
                    details: "leave hostIP out, or give the cluster an \(family) pod network"
                )
            }
        }
    }
}

// MARK: - JSON

extension HostPortRecord {
    /// The record as its file has it, for people to read too.
    var document: JSONValue {
        .members([
            ("containerID", .string(attachment.container.rawValue)),
            ("ifname", .string(attachment.interface.rawValue)),
            ("network", .string(network)),
            ("pod", pod.map { .string($0) }),
            ("addresses", .strings(addresses.map(\.description))),
            ("portMappings", .array(mappings.map(\.document))),
        ])
    }

    /// - Parameter document: the file's content.
    init(_ document: JSONValue) throws(CNIError) {
        guard let attachment = try CNIAttachment(document), let network = try document.string("network") else {
            throw CNIError(.undecodable, "the record names no attachment")
        }
        self.attachment = attachment
        self.network = network
        pod = try document.string("pod")
        addresses = try CNIConfiguration.addresses(
            try document.strings("addresses") ?? [],
            in: "addresses",
            code: .undecodable
        )
        mappings = try PortMapping.list(try document.list("portMappings") ?? [], in: "portMappings")
    }
}

extension CNIAttachment {
    /// The attachment that `containerID` and `ifname` of an object name; nil if they do not follow the patterns.
    init?(_ document: JSONValue) throws(CNIError) {
        guard let id = ContainerID(rawValue: try document.string("containerID") ?? ""),
            let name = LinkName(rawValue: try document.string("ifname") ?? "")
        else { return nil }
        self.init(container: id, interface: name)
    }
}
