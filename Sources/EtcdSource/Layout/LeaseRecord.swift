import JSONText
package import NetworkTypes
import YAML

/// The value of a lease, as flannel writes it and reads it.
package struct LeaseRecord: Hashable, Sendable {
    /// The tunnel endpoints that other nodes send to.
    package var publicAddresses: PerFamily<IPAddress>
    /// `vxlan`, `host-gw`, …; nil in a reservation that no node has used yet.
    package var backendType: String?
    /// The VXLAN network identifier.
    package var vni: UInt32?
    /// The hardware addresses of the tunnel links.
    package var vtep: PerFamily<MACAddress>

    package init(
        publicAddresses: PerFamily<IPAddress>,
        backendType: String?,
        vni: UInt32? = nil,
        vtep: PerFamily<MACAddress> = PerFamily()
    ) {
        self.publicAddresses = publicAddresses
        self.backendType = backendType
        self.vni = vni
        self.vtep = vtep
    }

    /// Reads a value. Keys are matched without regard to case, unknown ones are left alone.
    package init(parsing bytes: [UInt8]) throws(LeaseRecordError) {
        guard let document = (try? YAMLReader.documents(in: bytes))?.first, document.members != nil else {
            throw LeaseRecordError("it is no JSON object")
        }
        publicAddresses = PerFamily()
        for (name, family) in [("PublicIP", AddressFamily.ipv4), ("PublicIPv6", .ipv6)] {
            guard let text = document.member(name)?.scalar?.text, !text.isEmpty, text != "null" else { continue }
            guard let address = try? IPAddress(parsing: text), address.family == family else {
                throw LeaseRecordError("\(name) '\(text)' is no \(family) address")
            }
            // Flannel writes 0.0.0.0 on nodes without IPv4.
            if !address.isUnspecified { publicAddresses[family] = address }
        }
        backendType = document.member("BackendType")?.scalar?.text
        if backendType?.isEmpty == true { backendType = nil }
        vtep = PerFamily()
        for (name, family) in [("BackendData", AddressFamily.ipv4), ("BackendV6Data", .ipv6)] {
            guard let data = document.member(name), data.members != nil else { continue }
            vni = vni ?? data.member("VNI")?.scalar?.integer.flatMap { UInt32(exactly: $0) }
            guard let text = data.member("VtepMAC")?.scalar?.text else { continue }
            guard let address = try? MACAddress(parsing: text), !address.isMulticast, address.rawValue != 0 else {
                throw LeaseRecordError("VtepMAC '\(text)' of \(name) is no unicast MAC address")
            }
            vtep[family] = address
        }
    }

    /// The value byte for byte as flannel writes it: it reads the hardware address back by where it stands.
    package var json: String {
        let v4 = publicAddresses.v4?.description ?? "0.0.0.0"
        var text = "{\"PublicIP\":\"\(v4)\",\"PublicIPv6\":"
        text += publicAddresses.v6.map { "\"\($0)\"" } ?? "null"
        if let backendType { text += ",\"BackendType\":\(JSONString.quoted(backendType))" }
        for (name, family) in [("BackendData", AddressFamily.ipv4), ("BackendV6Data", .ipv6)] {
            guard let address = vtep[family] else { continue }
            text += ",\"\(name)\":{\"VNI\":\(vni ?? 1),\"VtepMAC\":\"\(address)\"}"
        }
        return text + "}"
    }
}

/// Why a value is no lease.
package struct LeaseRecordError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension YAMLNode {
    /// The member of this name in any case; none if it is null.
    func member(_ name: String) -> YAMLNode? {
        let wanted = name.lowercased()
        return members?.first { $0.key.lowercased() == wanted && !$0.value.isNull }?.value
    }
}
