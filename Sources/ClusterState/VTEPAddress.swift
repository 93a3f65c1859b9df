package import NetworkTypes

/// The hardware address of a tunnel link whose node has told nobody of it.
///
/// Every node must come to the same address for the same peer, so this is a contract between nodes of all versions: the
/// 64-bit FNV-1a hash of `<node name>/<VNI>/<4 or 6>` in UTF-8, its halves folded to 48 bits, made locally administered
/// and unicast.
package enum VTEPAddress {
    package static func derived(for node: NodeName, vni: UInt32, family: AddressFamily) -> MACAddress {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in "\(node.rawValue)/\(vni)/\(family.rawValue)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return .locallyAdministered(hash ^ hash >> 48)
    }
}
