/// The two internet address families. Linnet never handles another one.
package enum AddressFamily: UInt8, Sendable, Hashable, CaseIterable, Comparable, CustomStringConvertible {
    case ipv4 = 4
    case ipv6 = 6

    /// The width of an address in bits: 32 or 128.
    package var bitWidth: Int {
        switch self {
        case .ipv4: 32
        case .ipv6: 128
        }
    }

    /// The width of an address in bytes: 4 or 16.
    package var byteCount: Int { bitWidth / 8 }

    /// `IPv4` or `IPv6`, as messages to people say it.
    package var description: String {
        switch self {
        case .ipv4: "IPv4"
        case .ipv6: "IPv6"
        }
    }

    /// Compiled in place, also in other modules.
    @inlinable
    package static func == (left: AddressFamily, right: AddressFamily) -> Bool {
        switch (left, right) {
        case (.ipv4, .ipv4), (.ipv6, .ipv6): true
        case (.ipv4, .ipv6), (.ipv6, .ipv4): false
        }
    }

    package static func < (left: AddressFamily, right: AddressFamily) -> Bool { left.rawValue < right.rawValue }
}
