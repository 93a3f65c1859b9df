import ClusterState
import NetworkTypes
import YAML

extension Node {
    init(_ fields: Fields, _ metadata: ObjectMetadata) throws(ObjectError) {
        guard let name = NodeName(rawValue: metadata.name) else { throw fields.error("metadata", "has no usable name") }
        self.init(name: name, labels: metadata.labels, annotations: metadata.annotations)
        podCIDRs = try Self.podCIDRs(fields)
        let status = try fields.optional("status", Fields.fields)
        for entry in try status?.elements("addresses") ?? [] { try add(entry) }
        try add(FlannelAnnotations(fields.optional("metadata", Fields.fields)))
    }

    /// `spec.podCIDRs`, else `spec.podCIDR`: at most one a family.
    private static func podCIDRs(_ fields: Fields) throws(ObjectError) -> PerFamily<IPPrefix> {
        guard let spec = try fields.optional("spec", Fields.fields) else { return PerFamily() }
        var prefixes = try spec.list("podCIDRs", Fields.prefix)
        if prefixes.isEmpty, let prefix = try spec.optional("podCIDR", Fields.prefix) { prefixes = [prefix] }
        var result = PerFamily<IPPrefix>()
        for prefix in prefixes {
            if let other = result[prefix.family] {
                throw spec.error(
                    "podCIDRs",
                    "has two \(prefix.family) networks, \(other) and \(prefix): one can be used"
                )
            }
            result[prefix.family] = prefix
        }
        return result
    }

    /// One of `status.addresses`. The first host name counts, and of each family the first address.
    private mutating func add(_ entry: Fields) throws(ObjectError) {
        let type = try entry.required("type", Fields.string)
        if type == "Hostname", hostName == nil { hostName = try entry.required("address", Fields.string) }
        guard type == "InternalIP" || type == "ExternalIP" else { return }
        let address = try entry.required("address", Fields.address)
        if type == "InternalIP", internalAddresses[address.family] == nil {
            internalAddresses[address.family] = address
        } else if type == "ExternalIP", externalAddresses[address.family] == nil {
            externalAddresses[address.family] = address
        }
    }

    private mutating func add(_ annotations: FlannelAnnotations) throws(ObjectError) {
        backendType = try annotations.string("backend-type")
        publicAddresses = internalAddresses
        for family in AddressFamily.allCases {
            if let address = try annotations.publicAddress(family) { publicAddresses[family] = address }
            guard backendType == nil || backendType == "vxlan" else { continue }
            guard let data = try annotations.tunnelData(family) else { continue }
            vtep[family] = data.address
            vni = vni ?? data.vni
        }
    }
}

/// What flannel, or a person in its place, says of a node in annotations.
struct FlannelAnnotations {
    private static let prefix = "flannel.alpha.coreos.com/"
    private let annotations: Fields?

    init(_ metadata: Fields?) throws(ObjectError) {
        annotations = try metadata?.optional("annotations", Fields.fields)
    }

    func string(_ name: String) throws(ObjectError) -> String? {
        try annotations?.optional(Self.prefix + name, Fields.string)
    }

    /// Where tunnelled packets are to be sent: what a person wrote, else what flannel found. 0.0.0.0, which flannel
    /// writes on nodes without IPv4, is no address.
    func publicAddress(_ family: AddressFamily) throws(ObjectError) -> IPAddress? {
        let name = family == .ipv4 ? "public-ip" : "public-ipv6"
        for key in ["\(name)-overwrite", name] {
            guard let annotations, let text = try string(key), !text.isEmpty else { continue }
            let address = try annotations.required(Self.prefix + key, Fields.address)
            guard address.family == family else {
                throw annotations.error(Self.prefix + key, "\(address) is not an \(family) address")
            }
            if !address.isUnspecified { return address }
        }
        return nil
    }

    /// The tunnel's hardware address and identifier: `{"VNI":1,"VtepMAC":"12:c6:65:89:b4:e3"}`.
    func tunnelData(_ family: AddressFamily) throws(ObjectError) -> (address: MACAddress, vni: UInt32?)? {
        let key = family == .ipv4 ? "backend-data" : "backend-v6-data"
        guard let annotations, let text = try string(key), !text.isEmpty, text != "null" else { return nil }
        let document = (try? YAMLReader.documents(in: text))?.first
        guard let document, document.members != nil else {
            throw annotations.error(Self.prefix + key, "is not a JSON object")
        }
        guard let written = document["VtepMAC"]?.scalar?.text else { return nil }
        guard let address = try? MACAddress(parsing: written), !address.isMulticast, address.rawValue != 0 else {
            throw annotations.error(Self.prefix + key, "VtepMAC '\(written)' is not a unicast MAC address")
        }
        return (address, document["VNI"]?.scalar?.integer.flatMap { UInt32(exactly: $0) })
    }
}
