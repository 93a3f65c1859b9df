package import Netlink

/// One interface of one container: what ADD makes and DEL takes away.
package struct CNIAttachment: Hashable, Sendable {
    package let container: ContainerID
    package let interface: LinkName

    package init(container: ContainerID, interface: LinkName) {
        self.container = container
        self.interface = interface
    }
}

/// The runtime's name of a container: letters, digits, `_`, `.` and `-`, the first of them a letter or a digit.
package struct ContainerID: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// The name, or nil if it does not follow CNI's pattern.
    package init?(rawValue: String) {
        guard CNIPattern.matches(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    package var description: String { rawValue }
}

/// CNI's pattern for container IDs and network names: safe as part of a path.
enum CNIPattern {
    static func matches(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, isAlphanumeric(first), bytes.count <= 255 else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x5f || $0 == 0x2e || $0 == 0x2d }
    }

    static let words = "write letters, digits, '_', '.' and '-', and first a letter or a digit"

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }
}
