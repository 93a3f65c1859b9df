package import NetworkTypes

/// One element of a set or map.
package struct SetElement: Hashable, Sendable {
    /// What a map's key leads to.
    package enum Value: Hashable, Sendable {
        case verdict(Verdict)
        /// The bytes as registers get them.
        case data([UInt8])
    }

    /// The key as registers hold it. The fields of a concatenation are each padded to four bytes.
    package var key: [UInt8]
    /// The last key of a range, itself included; nil for a single key.
    package var end: [UInt8]?
    package var value: Value?
    /// The time to live of this element, in seconds; nil takes the set's.
    package var timeoutSeconds: UInt32?
    /// What `nft list` shows beside the element; at most 127 bytes.
    package var comment: String?

    /// An element whose bytes are known.
    package init(
        key: [UInt8],
        end: [UInt8]? = nil,
        value: Value? = nil,
        timeoutSeconds: UInt32? = nil,
        comment: String? = nil
    ) {
        self.key = key
        self.end = end == key ? nil : end
        self.value = value
        self.timeoutSeconds = timeoutSeconds
        self.comment = comment
    }

    /// The element of a set.
    package init(_ key: FieldValue..., timeoutSeconds: UInt32? = nil, comment: String? = nil) {
        self.init(key: Self.register(key), timeoutSeconds: timeoutSeconds, comment: comment)
    }

    /// The same for fields that are put together elsewhere.
    package init(_ key: [FieldValue]) {
        self.init(key: Self.register(key))
    }

    /// The element of a verdict map.
    package init(_ key: FieldValue..., verdict: Verdict, comment: String? = nil) {
        self.init(key, verdict: verdict, comment: comment)
    }

    /// The same for fields that are put together elsewhere.
    package init(_ key: [FieldValue], verdict: Verdict, comment: String? = nil) {
        self.init(key: Self.register(key), value: .verdict(verdict), comment: comment)
    }

    /// The element of a map to data.
    package init(_ key: FieldValue..., data: [FieldValue], comment: String? = nil) {
        self.init(key, data: data, comment: comment)
    }

    /// The same for fields that are put together elsewhere.
    package init(_ key: [FieldValue], data: [FieldValue], comment: String? = nil) {
        self.init(key: Self.register(key), value: .data(Self.register(data)), comment: comment)
    }

    /// The element of a set of intervals of addresses.
    package init(_ prefix: IPPrefix, comment: String? = nil) {
        self.init(key: prefix.base.bytes, end: prefix.last.bytes, comment: comment)
    }

    /// The element of a set of intervals whose keys are concatenations: each field from its first to its last value.
    package init(from first: [FieldValue], to last: [FieldValue], comment: String? = nil) {
        self.init(key: Self.register(first), end: Self.register(last), comment: comment)
    }

    /// Hashes what the kernel tells elements apart by: the key, or both of a range. All bytes at once; a list is hashed byte
    /// by byte otherwise.
    package func hashKey(into hasher: inout Hasher) {
        unsafe key.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        unsafe end?.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    /// The values one after the other, as a lookup finds them in registers: one alone is not padded.
    package static func register(_ fields: [FieldValue]) -> [UInt8] {
        guard fields.count > 1 else { return fields.first?.bytes ?? [] }
        var result: [UInt8] = []
        result.reserveCapacity(fields.reduce(0) { $0 + ($1.byteCount + 3) / 4 * 4 })
        for field in fields { field.appendPadded(to: &result) }
        return result
    }

    /// The same for a value more.
    ///
    /// - Parameter first: what two values or more come to.
    package static func register(_ first: [UInt8], and field: FieldValue) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(first.count + (field.byteCount + 3) / 4 * 4)
        result += first
        field.appendPadded(to: &result)
        return result
    }
}

extension FieldValue {
    fileprivate func appendPadded(to bytes: inout [UInt8]) {
        append(to: &bytes)
        while bytes.count & 3 != 0 { bytes.append(0) }
    }
}
