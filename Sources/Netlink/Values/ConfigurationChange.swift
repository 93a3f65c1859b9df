package import NetworkTypes

/// What the kernel tells of settings under `net/ipv4/conf` and `net/ipv6/conf`: only some of them, whoever writes them.
package struct ConfigurationChange: Hashable, Sendable {
    /// What the setting is of.
    package enum Scope: Hashable, Sendable {
        /// `all`
        case all
        /// `default`: what interfaces that are made later begin with.
        case initial
        case interface(InterfaceIndex)
    }

    package let family: AddressFamily
    package let scope: Scope
    /// Nil if the message says nothing of it.
    package let isForwarding: Bool?
    /// `rp_filter`: 0 off, 1 strict, 2 loose. Nil if the message says nothing of it.
    package let reversePathFilter: Int32?

    package init(
        family: AddressFamily,
        scope: Scope,
        isForwarding: Bool? = nil,
        reversePathFilter: Int32? = nil
    ) {
        self.family = family
        self.scope = scope
        self.isForwarding = isForwarding
        self.reversePathFilter = reversePathFilter
    }
}
