package import Netlink

/// How the host's end of a pod's cable is called and marked, from nothing but who the pod is: DEL needs no notes.
package enum HostLink {
    /// `veth` and eight digits of a hash (FNV-1a, folded to 32 bits) over the container's and the interface's name.
    package static func name(of attachment: CNIAttachment) -> LinkName {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        // Neither name can hold a slash: no two attachments make one text.
        for byte in "\(attachment.container)/\(attachment.interface)".utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let folded = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
        let digits = String(folded, radix: 16)
        let name = "veth" + String(repeating: "0", count: 8 - digits.count) + digits
        guard let name = LinkName(rawValue: name) else { preconditionFailure("'\(name)' is no link name") }
        return name
    }

    /// What `ip link` shows beside the name, and what tells our links from those of others.
    package static func alias(of attachment: CNIAttachment) -> String {
        let text = "\(prefix)\(attachment.interface) of \(attachment.container)"
        // The kernel takes 255 bytes, and the pattern of names is ASCII.
        return String(text.prefix(255))
    }

    /// The beginning of every alias of ours.
    package static let prefix = "linnet: "
}
