/// A chain: a list of rules, entered from a hook of the kernel or by a jump from another chain.
package struct Chain: Hashable, Sendable {
    package var name: String
    /// Where packets enter from the kernel; nil for a chain that is only jumped to.
    package var base: BaseChain?
    /// What `nft list` shows beside the chain; at most 127 bytes.
    package var comment: String?

    package init(_ name: String, base: BaseChain? = nil, comment: String? = nil) {
        self.name = name
        self.base = base
        self.comment = comment
    }
}

/// How a chain is attached to a hook.
package struct BaseChain: Hashable, Sendable {
    package var type: ChainType
    package var hook: Hook
    /// Lower runs earlier. Chains of type nat need more than -200.
    package var priority: Int32
    /// What happens to a packet that reaches the end of the chain.
    package var policy: ChainPolicy

    package init(_ type: ChainType, _ hook: Hook, priority: Int32, policy: ChainPolicy = .accept) {
        self.type = type
        self.hook = hook
        self.priority = priority
        self.policy = policy
    }
}

/// What a base chain may do: `nat` chains see the first packet of a connection only.
package enum ChainType: String, Hashable, Sendable {
    case filter, nat, route
}

/// The places in the kernel's packet path that a base chain of an inet table can be attached to (NF_INET_*).
package enum Hook: UInt32, Hashable, Sendable {
    case prerouting = 0
    case input = 1
    case forward = 2
    case output = 3
    case postrouting = 4
}

/// The verdict at the end of a base chain (NF_DROP, NF_ACCEPT).
package enum ChainPolicy: UInt32, Hashable, Sendable {
    case drop = 0
    case accept = 1
}
