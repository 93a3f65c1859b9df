import ClusterState
import NetworkTypes

/// Everything under the prefix: what the keys hold, and the objects that follow from it. Pure, one event after the other.
///
/// What can no longer be read keeps its last good form.
struct EtcdTree {
    private let keys: EtcdKeys
    private let ownName: NodeName
    private(set) var config: KeyValue?
    private(set) var leases: [SubnetKey: RegisteredLease] = [:]
    private var extras: [SubnetKey: (record: LeaseExtrasRecord, leaseID: Int64)] = [:]
    /// By the key that each came from.
    private var objects: [String: ClusterObject] = [:]
    private var nodeObjects: [NodeName: Node] = [:]
    /// The leases that name a node.
    private var keysOfNode: [NodeName: Set<SubnetKey>] = [:]
    private var problemsByKey: [String: SourceProblem] = [:]
    private var rivalries: [NodeName: SourceProblem] = [:]
    private(set) var notices: [String] = []

    /// What came of a change.
    struct Outcome {
        /// The last word on each object; nil if it is gone. A lease that moves to another key in one transaction never
        /// leaves its node without any.
        fileprivate var objects: [ObjectKey: ClusterObject?] = [:]
        /// All that there is, if that is known.
        fileprivate var whole: [ClusterObject]?
        /// The leases that differ.
        var leases: Set<SubnetKey> = []
        var hasNewConfig = false

        /// All of it in one step; nil if no object is concerned.
        var change: ClusterChange? {
            if let whole { return .replace(kinds: Set(ObjectKind.allCases), with: whole) }
            if objects.isEmpty { return nil }
            let gone = objects.filter { $0.value == nil }
            return .update(set: objects.values.compactMap(\.self), remove: gone.map(\.key))
        }
    }

    init(keys: EtcdKeys, ownName: NodeName) {
        self.keys = keys
        self.ownName = ownName
    }

    var problems: [SourceProblem] {
        problemsByKey.sorted { $0.key < $1.key }.map(\.value) + rivalries.sorted { $0.key < $1.key }.map(\.value)
    }

    var objectCount: Int { objects.count + nodeObjects.count }

    /// Takes a whole list: what is not in it is gone.
    mutating func replace(_ pairs: [KeyValue]) -> Outcome {
        let old = self
        self = EtcdTree(keys: keys, ownName: ownName)
        var outcome = Outcome(hasNewConfig: true)
        for pair in pairs { take(.put(pair), into: &outcome, knowing: old) }
        let names = Set(keysOfNode.keys).union(nodeObjects.keys)
        let nodes = names.compactMap { node($0) }.map { ClusterObject.node($0) }
        outcome.whole = nodes + objects.values
        outcome.leases.formUnion(old.leases.keys)
        return outcome
    }

    /// Takes changes in the order in which they came.
    mutating func take(_ events: [KeyEvent]) -> Outcome {
        notices = []
        var outcome = Outcome()
        for event in events { take(event, into: &outcome, knowing: nil) }
        return outcome
    }

    /// - Parameter old: where the last good forms are; nil if they are still here, of which no copy is made.
    private mutating func take(_ event: KeyEvent, into outcome: inout Outcome, knowing old: EtcdTree?) {
        let (key, pair): (String, KeyValue?) =
            switch event {
            case .put(let pair): (pair.key, pair)
            case .delete(let key): (key, nil)
            }
        problemsByKey[key] = nil
        if key == keys.config {
            config = pair
            outcome.hasNewConfig = true
        } else if key.hasPrefix(keys.subnets) {
            takeLease(key, pair, &outcome, old)
        } else if key.hasPrefix(keys.extras) {
            guard let subnet = SubnetKey(parsing: key.dropFirst(keys.extras.count)) else { return }
            rename(subnet, &outcome) { tree in
                tree.extras[subnet] = pair.flatMap { pair in
                    LeaseExtrasRecord(parsing: pair.value).map { ($0, pair.leaseID) }
                }
            }
        } else if key.hasPrefix(keys.objects) {
            takeObject(key, pair, &outcome, old)
        }
    }

    // MARK: Leases

    private mutating func takeLease(_ key: String, _ pair: KeyValue?, _ outcome: inout Outcome, _ old: EtcdTree?) {
        guard let subnet = SubnetKey(parsing: key.dropFirst(keys.subnets.count)) else {
            if pair != nil { complain(key, "this is no subnet such as 10.5.52.0-24: remove the key") }
            return
        }
        var lease: RegisteredLease?
        if let pair {
            do throws(LeaseRecordError) {
                let record = try LeaseRecord(parsing: pair.value)
                lease = RegisteredLease(
                    key: subnet,
                    record: record,
                    leaseID: pair.leaseID,
                    revision: pair.revision,
                    creation: pair.creation
                )
            } catch {
                lease = (old ?? self).leases[subnet]
                complain(key, "\(error)\(lease == nil ? "" : "; its last good form is kept")")
            }
        }
        rename(subnet, &outcome) { $0.leases[subnet] = lease }
    }

    /// Changes what is known of a lease, and plans the nodes again that it named before and names now.
    private mutating func rename(_ key: SubnetKey, _ outcome: inout Outcome, _ change: (inout EtcdTree) -> Void) {
        var names: Set<NodeName> = []
        if let name = name(of: key) {
            names.insert(name)
            keysOfNode[name]?.remove(key)
            if keysOfNode[name]?.isEmpty == true { keysOfNode[name] = nil }
        }
        change(&self)
        leases[key]?.extras = extras[key]?.record
        leases[key]?.extrasLeaseID = extras[key]?.leaseID ?? 0
        if let name = name(of: key) {
            names.insert(name)
            keysOfNode[name, default: []].insert(key)
        }
        outcome.leases.insert(key)
        for name in names.sorted() { publish(name, &outcome) }
    }

    /// The node that a lease is of. A reservation that no node has used yet is of none.
    private func name(of key: SubnetKey) -> NodeName? {
        guard leases[key]?.record.backendType != nil else { return nil }
        return extras[key]?.record.node ?? key.nodeName
    }

    private mutating func publish(_ name: NodeName, _ outcome: inout Outcome) {
        outcome.objects[.node(name)] = .some(node(name).map { .node($0) })
    }

    /// The node as its newest lease has it; an object of its name adds labels and annotations.
    private mutating func node(_ name: NodeName) -> Node? {
        let own = (keysOfNode[name] ?? []).compactMap { leases[$0] }.sorted { $0.revision > $1.revision }
        rivalries[name] = own.count < 2 ? nil : rivalry(name, own)
        var node = nodeObjects[name]
        guard let lease = own.first else { return node }
        node = node ?? Node(name: name)
        node?.podCIDRs = lease.key.subnets
        node?.publicAddresses = lease.record.publicAddresses
        node?.vtep = lease.record.vtep
        node?.backendType = lease.record.backendType
        node?.vni = lease.record.vni
        node?.leaseCreation = lease.extras == nil ? nil : lease.creation
        node?.extras = lease.extras?.extras
        // The own addresses are what this host has now, not what it said last.
        if name != ownName, let addresses = lease.extras?.addresses, !addresses.isEmpty {
            node?.internalAddresses = addresses
        }
        if name != ownName, let addresses = lease.extras?.externalAddresses, !addresses.isEmpty {
            node?.externalAddresses = addresses
        }
        return node
    }

    private func rivalry(_ name: NodeName, _ leases: [RegisteredLease]) -> SourceProblem {
        let others = leases.dropFirst().map(\.key.description).joined(separator: ", ")
        return SourceProblem(
            place: keys.lease(leases[0].key),
            message: "\(others) is of node '\(name)' too; the newer counts. Do two nodes have this name?",
            object: .node(name)
        )
    }

    // MARK: Objects

    private mutating func takeObject(_ key: String, _ pair: KeyValue?, _ outcome: inout Outcome, _ old: EtcdTree?) {
        guard let place = ObjectPlace(key.dropFirst(keys.objects.count)) else {
            if pair != nil { complain(key, "the key is not objects/<Kind>/<namespace, or _>/<name>") }
            return
        }
        guard let kind = ObjectKind(rawValue: place.kind) else {
            if pair != nil { notices.append("\(key): \(place.kind) is not used by Linnet, here or elsewhere") }
            return
        }
        let objectKey = ObjectKey(kind, namespace: place.namespace, name: place.name)
        var object: ClusterObject?
        if let pair {
            do throws(ObjectValueError) {
                object = try ObjectPlace.read(pair.value, as: objectKey)
            } catch {
                object = (old ?? self).object(key, objectKey)
                complain(key, "\(error)\(object == nil ? "" : "; its last good form is kept")", objectKey)
            }
        }
        if kind == .node, let name = NodeName(rawValue: place.name) {
            nodeObjects[name] = object?.nodeWithoutLease
            publish(name, &outcome)
        } else {
            objects[key] = object
            outcome.objects[objectKey] = .some(object)
        }
    }

    private func object(_ key: String, _ objectKey: ObjectKey) -> ClusterObject? {
        guard objectKey.kind == .node else { return objects[key] }
        return NodeName(rawValue: objectKey.name).flatMap { nodeObjects[$0] }.map { .node($0) }
    }

    private mutating func complain(_ key: String, _ message: String, _ object: ObjectKey? = nil) {
        problemsByKey[key] = SourceProblem(place: key, message: message, object: object)
    }
}
