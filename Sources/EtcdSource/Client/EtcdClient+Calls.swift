import YAML

/// What etcd is asked for.
extension EtcdClient {
    /// How many keys are asked for at once.
    static let pageSize = 500

    /// All keys that begin with `start`, as they were at one revision.
    package func list(_ start: String) async throws(EtcdError) -> KeyRange {
        let end = EtcdKeys.end(ofKeysBeginningWith: start)
        var result = try await range(Array(start.utf8), end, at: 0)
        var isPart = result.isPart
        while isPart, let last = result.pairs.last {
            // The first key after the last one; etcd's history is held still by the revision.
            let page = try await range(Array(last.key.utf8) + [0], end, at: result.revision)
            result.pairs += page.pairs
            isPart = page.isPart
        }
        return result
    }

    /// One key, or none if it is not there.
    package func get(_ key: String) async throws(EtcdError) -> KeyRange {
        try await call("/v3/kv/range", "{\"key\":\(key.inBase64)}") { (node) throws(UnexpectedAnswer) in
            try node.keyRange()
        }
    }

    private func range(_ key: [UInt8], _ end: [UInt8], at revision: Int64) async throws(EtcdError) -> KeyRange {
        let body =
            "{\"key\":\(key.inBase64),\"range_end\":\(end.inBase64),\"limit\":\"\(Self.pageSize)\","
            + "\"revision\":\"\(revision)\"}"
        return try await call("/v3/kv/range", body) { (node) throws(UnexpectedAnswer) in try node.keyRange() }
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

    /// Ends a lease, and with it the keys that are bound to it.
    package func revokeLease(_ lease: Int64) async throws(EtcdError) {
        try await call("/v3/lease/revoke", "{\"ID\":\"\(lease)\"}") { _ in }
    }
}
