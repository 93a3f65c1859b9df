/// Translation of an address and port that registers hold.
package struct NetworkTranslation: Hashable, Sendable {
    /// Which end of the packet is translated (NFT_NAT_*).
    package enum Kind: UInt32, Hashable, Sendable {
        case source = 0
        case destination = 1
    }

    package var kind: Kind
    /// The family of the address: a rule of an inet table says it.
    package var family: TableFamily
    /// Where the address is; nil leaves it alone.
    package var address: Register?
    /// Where the port is, in network byte order; nil leaves it alone.
    package var port: Register?
    package var flags: TranslationFlags

    package init(
        _ kind: Kind,
        family: TableFamily,
        address: Register?,
        port: Register? = nil,
        flags: TranslationFlags = []
    ) {
        self.kind = kind
        self.family = family
        self.address = address
        self.port = port
        self.flags = flags
    }
}

/// How a translation chooses among what it may choose from (NF_NAT_RANGE_*).
package struct TranslationFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Ports are randomised by a hash of the connection.
    package static let random = TranslationFlags(rawValue: 1 << 2)
    /// The same client gets the same address each time.
    package static let persistent = TranslationFlags(rawValue: 1 << 3)
    /// Ports are drawn at random, so that two connections opened at once do not collide.
    package static let fullyRandom = TranslationFlags(rawValue: 1 << 4)

    /// The flags that a rule states. The kernel adds bits that only repeat which registers are given.
    static let stated: TranslationFlags = [.random, .persistent, .fullyRandom]
}

/// What the sender of a rejected packet is told.
package enum Rejection: Hashable, Sendable {
    /// ICMP or ICMPv6 "port unreachable", by the packet's family.
    case portUnreachable
    /// ICMP or ICMPv6 "administratively prohibited".
    case administrativelyProhibited
    case tcpReset
    /// The kernel's type and code (NFT_REJECT_*), for one that has no name here.
    case other(type: UInt32, code: UInt8)
}

/// A rule's own change to a set.
package struct DynamicSetUpdate: Hashable, Sendable {
    /// What happens to the element of the packet's key (NFT_DYNSET_OP_*).
    package enum Action: UInt32, Hashable, Sendable {
        /// Adds the element if it is not there.
        case add = 0
        /// The same, and starts its timeout anew if it is.
        case update = 1
        case delete = 2
    }

    package var action: Action
    package var set: String
    package var key: Register
    /// Where a map's data is.
    package var data: Register?
    /// The element's time to live in seconds; nil takes the set's.
    package var timeoutSeconds: UInt32?

    package init(
        _ action: Action,
        set: String,
        key: Register,
        data: Register? = nil,
        timeoutSeconds: UInt32? = nil
    ) {
        self.action = action
        self.set = set
        self.key = key
        self.data = data
        self.timeoutSeconds = timeoutSeconds
    }
}

/// A token bucket.
package struct RateLimit: Hashable, Sendable {
    /// Packets per `seconds`.
    package var packets: UInt64
    /// The unit: 1, 60, 3600 or 86400 seconds.
    package var seconds: UInt64
    /// How many packets may pass at once beyond the rate.
    package var burst: UInt32
    /// Whether the rule goes on when the rate is exceeded, rather than while it is not.
    package var isOver: Bool

    package init(packets: UInt64, seconds: UInt64 = 1, burst: UInt32 = 5, isOver: Bool = false) {
        self.packets = packets
        self.seconds = seconds
        self.burst = burst
        self.isOver = isOver
    }
}
