/// A set, or with `data` a map: what its keys are made of and how elements come and go.
package struct SetDefinition: Hashable, Sendable {
    /// What the elements of a map lead to.
    package enum Value: Hashable, Sendable {
        case verdict
        /// The fields, in order; usually an address and a port.
        case fields([Selector])
    }

    package var name: String
    /// The fields of the key, in order.
    package var key: [Selector]
    /// What keys lead to; nil for a set.
    package var value: Value?
    /// Elements are ranges or networks, not single keys.
    package var isInterval: Bool
    /// Packets may change the elements.
    package var isDynamic: Bool
    /// Elements may have a time to live.
    package var hasTimeout: Bool
    /// The time to live of an element that states none, in seconds; needs `hasTimeout`.
    package var timeoutSeconds: UInt32?
    /// The most elements that it may hold.
    package var size: UInt32?
    /// What `nft list` shows in the set; at most 127 bytes.
    package var comment: String?

    /// - Precondition: `key` has at least one field.
    package init(
        _ name: String,
        key: [Selector],
        value: Value? = nil,
        isInterval: Bool = false,
        isDynamic: Bool = false,
        hasTimeout: Bool = false,
        timeoutSeconds: UInt32? = nil,
        size: UInt32? = nil,
        comment: String? = nil
    ) {
        precondition(!key.isEmpty, "the key of set \(name) has no field")
        self.name = name
        self.key = key
        self.value = value
        self.isInterval = isInterval
        self.isDynamic = isDynamic
        self.hasTimeout = hasTimeout || timeoutSeconds != nil
        self.timeoutSeconds = timeoutSeconds
        self.size = size
        self.comment = comment
    }

    /// Whether keys are put together from several fields.
    package var isConcatenated: Bool { key.count > 1 }
}
