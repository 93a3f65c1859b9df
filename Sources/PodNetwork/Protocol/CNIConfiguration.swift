package import Netlink
package import NetworkTypes

/// The plugin's configuration, as the runtime passes it on standard input.
package struct CNIConfiguration: Hashable, Sendable {
    package var version: CNIVersion
    /// The network's name, which is the directory name of its addresses.
    package var network: String
    /// The bridge that pods hang on.
    package var bridge: LinkName
    /// The node's `subnet.env`.
    package var subnetFile: String
    /// Where host-local keeps the addresses of all networks.
    package var dataDirectory: String
    package var clusterDomain: String?
    /// Whether a pod may reach itself through a service address.
    package var isHairpin: Bool
    package var dns: CNIDNS
    /// The addresses that the runtime asks for (capability `ips`).
    package var requestedAddresses: [IPAddress]
    /// The ports of the node that are to lead to the pod (capability `portMappings`).
    package var portMappings: [PortMapping]
    /// Where the records of host ports are kept.
    package var hostPortDirectory: String
    /// What ADD answered, for CHECK.
    package var previousResult: JSONValue?
    /// The attachments that GC is to keep.
    package var validAttachments: [CNIAttachment]?

    package init(parsing bytes: [UInt8]) throws(CNIError) {
        try self.init(try Self.document(bytes))
    }

    package init(_ document: JSONValue) throws(CNIError) {
        version = try Self.version(document)
        network = try Self.network(document)
        bridge = try Self.bridge(document)
        subnetFile = try Self.path(document, "subnetFile") ?? "/run/flannel/subnet.env"
        dataDirectory = try Self.path(document, "dataDir") ?? "/var/lib/cni/networks"
        clusterDomain = try document.string("clusterDomain")
        isHairpin = try document.bool("hairpinMode") ?? true
        dns = try CNIDNS(try document.object("dns"))
        requestedAddresses = try Self.requested(try document.object("runtimeConfig"))
        portMappings = try PortMapping.list(
            try document.object("runtimeConfig")?.list("portMappings") ?? [],
            in: "portMappings"
        )
        hostPortDirectory = try Self.path(document, "hostPortDir") ?? "/var/lib/linnet/host-ports"
        previousResult = try document.object("prevResult")
        validAttachments = try Self.attachments(document)
    }

    /// The document, before anything in it is looked at.
    package static func document(_ bytes: [UInt8]) throws(CNIError) -> JSONValue {
        let document: JSONValue
        do throws(JSONSyntaxError) {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw CNIError(.undecodable, "the configuration on standard input is not JSON: \(error)")
        }
        guard case .object = document else {
            throw CNIError(.undecodable, "the configuration on standard input is \(document.kind), not an object")
        }
        return document
    }
}

// MARK: - Members

extension CNIConfiguration {
    private static func version(_ document: JSONValue) throws(CNIError) -> CNIVersion {
        // Without the member the configuration is of the time before the specification had versions.
        let text = try document.string("cniVersion") ?? "0.1.0"
        guard let version = CNIVersion(rawValue: text) else {
            let known = CNIVersion.allCases.map(\.rawValue).joined(separator: ", ")
            throw CNIError(
                .incompatibleVersion,
                "incompatible CNI version: the configuration has \"\(text)\"",
                details: "linnet-cni supports \(known)"
            )
        }
        return version
    }

    private static func network(_ document: JSONValue) throws(CNIError) -> String {
        guard let name = try document.string("name"), !name.isEmpty else {
            throw CNIError(.invalidConfiguration, "the configuration has no 'name'")
        }
        guard CNIPattern.matches(name) else {
            throw CNIError(.invalidConfiguration, "'\(name)' is no network name", details: CNIPattern.words)
        }
        return name
    }

    private static func bridge(_ document: JSONValue) throws(CNIError) -> LinkName {
        do {
            return try LinkName(validating: try document.string("bridge") ?? "cni0")
        } catch {
            throw CNIError("'bridge' in the configuration", error, code: .invalidConfiguration)
        }
    }

    private static func path(_ document: JSONValue, _ name: String) throws(CNIError) -> String? {
        guard let path = try document.string(name) else { return nil }
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw CNIError(.invalidConfiguration, "'\(name)' in the configuration is '\(path)', not an absolute path")
        }
        return path
    }

    private static func requested(_ runtime: JSONValue?) throws(CNIError) -> [IPAddress] {
        try addresses(try runtime?.strings("ips") ?? [], in: "'ips' of the runtimeConfig", code: .invalidConfiguration)
    }

    /// Addresses with or without a prefix length.
    static func addresses(_ texts: [String], in place: String, code: CNIErrorCode) throws(CNIError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for text in texts {
            do {
                addresses.append(
                    text.contains("/") ? try InterfaceAddress(parsing: text).address : try IPAddress(parsing: text)
                )
            } catch {
                throw CNIError(place, error, code: code)
            }
        }
        return addresses
    }

    private static func attachments(_ document: JSONValue) throws(CNIError) -> [CNIAttachment]? {
        let key = "cni.dev/valid-attachments"
        guard let values = try document.list(key) else { return nil }
        var attachments: [CNIAttachment] = []
        for value in values {
            guard let attachment = try CNIAttachment(value) else {
                throw CNIError(
                    .invalidConfiguration,
                    "'\(key)' in the configuration holds \(value.text)",
                    details: "every attachment needs a containerID and an ifname that ADD would take"
                )
            }
            attachments.append(attachment)
        }
        return attachments
    }
}
