import YAML

/// What etcd is asked for.
extension EtcdClient {
    /// How many keys are asked for at once, as long as their values are not too large for that.
    static let pageSize = 500

    /// How much all values under one prefix may be together, in bytes: what a node holds in memory.
    static let listLimit = 64 << 20

    /// All keys that begin with `start`, as they were at one revision.
    ///
    /// - Parameter revision: as they were then; 0 for now.
    package func list(_ start: String, at revision: Int64 = 0) async throws(EtcdError) -> KeyRange {
        let end = EtcdKeys.end(ofKeysBeginningWith: start)
        var count = Self.pageSize
        var result = try await page(from: Array(start.utf8), end, of: &count, at: revision)
        var size = result.size
        while result.isPart, !result.lastKey.isEmpty {
            // The first key after the last one; etcd's history is held still by the revision.
            let page = try await page(from: result.lastKey + [0], end, of: &count, at: result.revision)
            result.pairs += page.pairs
            (result.lastKey, result.isPart) = (page.lastKey, page.isPart)
            size += page.size
            guard size <= Self.listLimit else { throw .tooMuch(start, limit: Self.listLimit) }
        }
        return result
    }

    /// One key, or none if it is not there.
    package func get(_ key: String) async throws(EtcdError) -> KeyRange {
        try await call("/v3/kv/range", "{\"key\":\(key.inBase64)}") { (node) throws(UnexpectedAnswer) in
            try node.keyRange()
        }
    }

    /// Keys from this one on, as many as fit into an answer.
    ///
    /// - Parameter count: how many are asked for, which becomes less if that is too much.
    private func page(
        from key: [UInt8],
        _ end: [UInt8],
        of count: inout Int,
        at revision: Int64
    ) async throws(EtcdError) -> KeyRange {
        while true {
            do throws(EtcdError) {
                return try await range(key, end, count, at: revision)
            } catch .tooLong {
                count = max(1, count / 8)
            }
        }
    }

    private func range(
        _ key: [UInt8],
        _ end: [UInt8],
        _ count: Int,
        at revision: Int64
    ) async throws(EtcdError) -> KeyRange {
        let body =
            "{\"key\":\(key.inBase64),\"range_end\":\(end.inBase64),\"limit\":\"\(count)\","
            + "\"revision\":\"\(revision)\"}"
        return try await call("/v3/kv/range", body, mayAskForLess: count > 1) { (node) throws(UnexpectedAnswer) in
            try node.keyRange()
        }
    }

    /// Whether it was done: false if a condition did not hold.
    ///
    /// An endpoint may do it and be left before its answer comes; the next one then sees that the conditions no longer
    /// hold. Whoever gets false has to look at what is there.
    package func commit(_ transaction: Transaction) async throws(EtcdError) -> Bool {
        try await call("/v3/kv/txn", transaction.json) { (node) throws(UnexpectedAnswer) in
            try node.transactionResult()
        }
    }

    /// A new lease of this many seconds.
    package func grantLease(seconds: Int64) async throws(EtcdError) -> Int64 {
        try await call("/v3/lease/grant", "{\"TTL\":\"\(seconds)\"}") { (node) throws(UnexpectedAnswer) in
            let lease = try node.number("ID")
            guard lease != 0 else { throw UnexpectedAnswer(reason: "no ID") }
            return lease
        }
    }

    /// How many seconds a lease has left; nil if it is gone.
    package func remainingSeconds(ofLease lease: Int64) async throws(EtcdError) -> Int64? {
        let seconds = try await call("/v3/lease/timetolive", "{\"ID\":\"\(lease)\"}") {
            (node) throws(UnexpectedAnswer) in
            try node.number("TTL")
        }
        return seconds > 0 ? seconds : nil
    }

    /// Begins the lease's term anew and returns its seconds; nil if the lease is gone.
    package func renewLease(_ lease: Int64) async throws(EtcdError) -> Int64? {
        let seconds = try await call("/v3/lease/keepalive", "{\"ID\":\"\(lease)\"}") {
            (node) throws(UnexpectedAnswer) in
            guard let result = node["result"] else { throw UnexpectedAnswer(reason: "no result") }
            return try result.number("TTL")
        }
        return seconds > 0 ? seconds : nil
    }
}

extension KeyRange {
    /// What the values take, in bytes.
    fileprivate var size: Int { pairs.reduce(0) { $0 + $1.value.count } }
}
