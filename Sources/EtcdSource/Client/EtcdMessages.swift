import KubernetesObjects
import YAML

/// One key with its value.
package struct KeyValue: Hashable, Sendable {
    package var key: String
    package var value: [UInt8]
    /// The revision at which it was last written.
    package var revision: Int64
    /// The revision at which it was created.
    package var creation: Int64 = 1
    /// The lease that it goes away with; 0 for none.
    package var leaseID: Int64
}

/// What a range of keys held at one revision.
package struct KeyRange: Hashable, Sendable {
    package var revision: Int64
    package var cluster: String
    package var pairs: [KeyValue]
    /// Of the last key, byte for byte: what `key` is made of need not be UTF-8.
    package var lastKey: [UInt8] = []
    /// Whether there are further keys behind the last one.
    var isPart: Bool

    /// The only one, where one key was asked for.
    package var pair: KeyValue? { pairs.first }
}

/// One change of a key.
package enum KeyEvent: Hashable, Sendable {
    case put(KeyValue)
    case delete(String)
}

/// One message of a watch.
struct WatchMessage: Sendable {
    var cluster: String
    var events: [KeyEvent]
    /// The revision of its last event; 0 without events. The message's own revision is no use: while a watch catches up
    /// it is that of the whole store, which is ahead of the events that have been sent.
    var lastRevision: Int64
    /// The history before this is gone, and with it the watch; 0 if not.
    var compactRevision: Int64
    var isCanceled: Bool
    var reason: String
}

/// A transaction: all of it or nothing.
package struct Transaction: Sendable {
    package enum Condition: Sendable {
        case absent(String)
        /// Last written at this revision.
        case unchanged(String, revision: Int64)
    }

    package enum Operation: Sendable {
        case put(String, value: String, leaseID: Int64)
        case delete(String)
    }

    package var conditions: [Condition]
    package var operations: [Operation]

    package init(if conditions: [Condition], then operations: [Operation]) {
        self.conditions = conditions
        self.operations = operations
    }

    var json: String {
        let compare = conditions.map { condition in
            switch condition {
            case .absent(let key):
                "{\"key\":\(key.inBase64),\"target\":\"VERSION\",\"result\":\"EQUAL\",\"version\":\"0\"}"
            case .unchanged(let key, let revision):
                "{\"key\":\(key.inBase64),\"target\":\"MOD\",\"result\":\"EQUAL\",\"mod_revision\":\"\(revision)\"}"
            }
        }
        let success = operations.map { operation in
            switch operation {
            case .put(let key, let value, let leaseID):
                "{\"request_put\":{\"key\":\(key.inBase64),\"value\":\(value.inBase64),\"lease\":\"\(leaseID)\"}}"
            case .delete(let key):
                "{\"request_delete_range\":{\"key\":\(key.inBase64)}}"
            }
        }
        return "{\"compare\":[\(compare.joined(separator: ","))],\"success\":[\(success.joined(separator: ","))]}"
    }
}

extension String {
    /// In base64, with quotes: how keys and values travel in JSON.
    var inBase64: String { Array(utf8).inBase64 }
}

extension [UInt8] {
    var inBase64: String { "\"\(Base64.encode(self))\"" }
}

/// An answer that is JSON, but not what was asked for.
struct UnexpectedAnswer: Error {
    let reason: String
}

// MARK: - Reading

extension YAMLNode {
    /// A 64-bit number, which the gateway writes as a string and leaves out when it is 0.
    func number(_ key: String) throws(UnexpectedAnswer) -> Int64 {
        guard let value = self[key] else { return 0 }
        guard let text = value.scalar?.text, let number = Int64(text) else {
            throw UnexpectedAnswer(reason: "'\(key)' is no number")
        }
        return number
    }

    /// A revision of etcd, which a following one can be asked for.
    fileprivate func revision(_ key: String) throws(UnexpectedAnswer) -> Int64 {
        let number = try number(key)
        guard number > 0, number < .max else { throw UnexpectedAnswer(reason: "'\(key)' \(number) is no revision") }
        return number
    }

    fileprivate func bytes(_ key: String) throws(UnexpectedAnswer) -> [UInt8] {
        guard let value = self[key] else { return [] }
        guard let text = value.scalar?.text, let bytes = Base64.decode(text) else {
            throw UnexpectedAnswer(reason: "'\(key)' is not base64")
        }
        return bytes
    }

    fileprivate func list(_ key: String) throws(UnexpectedAnswer) -> [YAMLNode] {
        guard let value = self[key], !value.isNull else { return [] }
        guard let elements = value.elements else { throw UnexpectedAnswer(reason: "'\(key)' is no list") }
        return elements
    }

    /// What every answer of etcd has; anything else is not etcd.
    fileprivate func header() throws(UnexpectedAnswer) -> (revision: Int64, cluster: String) {
        guard let header = self["header"], let cluster = header["cluster_id"]?.scalar?.text else {
            throw UnexpectedAnswer(reason: "it has no header as etcd's answers have")
        }
        return (try header.revision("revision"), cluster)
    }

    private func text(_ key: String) -> String { self[key]?.scalar?.text ?? "" }

    func keyValue() throws(UnexpectedAnswer) -> KeyValue {
        KeyValue(
            key: String(decoding: try bytes("key"), as: UTF8.self),
            value: try bytes("value"),
            revision: try revision("mod_revision"),
            // Of a deletion there is none.
            creation: max(1, try number("create_revision")),
            leaseID: try number("lease")
        )
    }

    func keyRange() throws(UnexpectedAnswer) -> KeyRange {
        let header = try header()
        var pairs: [KeyValue] = []
        let nodes = try list("kvs")
        for node in nodes { pairs.append(try node.keyValue()) }
        let isPart = self["more"]?.scalar?.boolean ?? false
        return KeyRange(
            revision: header.revision,
            cluster: header.cluster,
            pairs: pairs,
            lastKey: try nodes.last?.bytes("key") ?? [],
            isPart: isPart
        )
    }

    func watchMessage() throws(UnexpectedAnswer) -> WatchMessage {
        let header = try header()
        var events: [KeyEvent] = []
        var lastRevision: Int64 = 0
        for node in try list("events") {
            guard let pair = try node["kv"]?.keyValue() else { throw UnexpectedAnswer(reason: "an event has no 'kv'") }
            // Of a deletion too: it is the revision that deleted the key.
            lastRevision = max(lastRevision, pair.revision)
            events.append(node.text("type") == "DELETE" ? .delete(pair.key) : .put(pair))
        }
        return WatchMessage(
            cluster: header.cluster,
            events: events,
            lastRevision: lastRevision,
            compactRevision: try number("compact_revision"),
            isCanceled: self["canceled"]?.scalar?.boolean ?? false,
            reason: text("cancel_reason")
        )
    }

    /// Whether the transaction was done.
    func transactionResult() throws(UnexpectedAnswer) -> Bool {
        _ = try header()
        return self["succeeded"]?.scalar?.boolean ?? false
    }
}
