import ClusterState
import NetworkTypes
import Testing

@testable import EtcdSource

@Suite struct EtcdTreeTests {
    private static let prefix = "/coreos.com/network"
    private static let value =
        #"{"PublicIP":"192.168.77.2","PublicIPv6":null,"BackendType":"vxlan","#
        + #""BackendData":{"VNI":1,"VtepMAC":"c6:d2:32:6f:8f:44"}}"#

    private func pair(_ key: String, _ value: String, revision: Int64 = 1) -> KeyValue {
        KeyValue(key: "\(Self.prefix)/\(key)", value: Array(value.utf8), revision: revision, leaseID: 7)
    }

    private func tree() throws -> EtcdTree {
        EtcdTree(keys: EtcdKeys(prefix: Self.prefix), ownName: try #require(NodeName(rawValue: "here")))
    }

    /// What the store holds after these changes.
    private func snapshot(_ outcomes: EtcdTree.Outcome...) throws -> ClusterSnapshot {
        let store = SnapshotStore(sourceDescription: "a test", ownName: try #require(NodeName(rawValue: "here")))
        for change in outcomes.compactMap(\.change) { store.apply(change, confirmedAt: 0) }
        return store.current
    }

    @Test func `a lease of flanneld is a node named by its key`() throws {
        var tree = try tree()
        let snapshot = try snapshot(tree.replace([pair("subnets/10.5.2.0-24", Self.value)]))
        let node = try #require(snapshot.nodes.values.first)
        #expect(node.name.rawValue == "10.5.2.0-24")
        #expect(node.podCIDRs.v4?.description == "10.5.2.0/24")
        #expect(node.publicAddresses.v4?.description == "192.168.77.2")
        #expect(node.vtep.v4?.description == "c6:d2:32:6f:8f:44")
        #expect((node.backendType, node.vni) == ("vxlan", 1))
        #expect(snapshot.complete == Set(ObjectKind.allCases))
    }

    @Test func `extras name the node, and take its name back when they go`() throws {
        var tree = try tree()
        let listed = tree.replace([
            pair(
                "linnet/leases/10.5.2.0-24",
                #"{"nodeName":"there","addresses":["192.168.1.9"],"externalAddresses":["203.0.113.9"],"#
                    + #""readyCapabilities":["services"],"refusedPorts":["ipv4/tcp/80"]}"#
            ),
            pair("subnets/10.5.2.0-24", Self.value),
        ])
        let named = try snapshot(listed)
        #expect(named.nodes.values.map(\.name.rawValue) == ["there"])
        let node = try #require(named.nodes.values.first)
        #expect(node.internalAddresses.v4?.description == "192.168.1.9")
        #expect(node.externalAddresses.v4?.description == "203.0.113.9")
        #expect(node.extras?.readyCapabilities == ["services"])
        #expect(node.extras?.refusedPorts == ["ipv4/tcp/80"])
        let renamed = try snapshot(listed, tree.take([.delete("\(Self.prefix)/linnet/leases/10.5.2.0-24")]))
        #expect(renamed.nodes.values.map(\.name.rawValue) == ["10.5.2.0-24"])
        #expect(renamed.nodes.values.first?.extras == nil)
    }

    @Test func `a change of an attribute changes the node, and an expired lease removes it`() throws {
        var tree = try tree()
        let listed = tree.replace([pair("subnets/10.5.2.0-24", Self.value)])
        let moved = Self.value.replacing("192.168.77.2", with: "192.168.77.9")
        let changed = tree.take([.put(pair("subnets/10.5.2.0-24", moved, revision: 2))])
        #expect(try snapshot(listed, changed).nodes.values.first?.publicAddresses.v4?.description == "192.168.77.9")
        let expired = tree.take([.delete("\(Self.prefix)/subnets/10.5.2.0-24")])
        #expect(try snapshot(listed, changed, expired).nodes.count == 0)
        #expect(expired.leases == [try #require(SubnetKey(parsing: "10.5.2.0-24"))])
    }

    @Test func `a lease that moves in one transaction never leaves its node without one`() throws {
        var tree = try tree()
        _ = tree.replace([
            pair("linnet/leases/10.5.2.0-24", #"{"nodeName":"there"}"#), pair("subnets/10.5.2.0-24", Self.value),
        ])
        let moved = tree.take([
            .delete("\(Self.prefix)/subnets/10.5.2.0-24"), .delete("\(Self.prefix)/linnet/leases/10.5.2.0-24"),
            .put(pair("subnets/10.5.3.0-24", Self.value, revision: 2)),
            .put(pair("linnet/leases/10.5.3.0-24", #"{"nodeName":"there"}"#, revision: 2)),
        ])
        guard case .update(let objects, let gone)? = moved.change else {
            throw Unexpected(change: "\(moved)")
        }
        #expect(objects.map(\.key) == [.node(try #require(NodeName(rawValue: "there")))])
        #expect(gone.map { "\($0)" } == ["Node 10.5.3.0-24"], "the name it had without its extras")
    }

    @Test func `a reservation that no node uses is no node`() throws {
        var tree = try tree()
        #expect(try snapshot(tree.replace([pair("subnets/10.5.2.0-24", #"{"PublicIP":"1.2.3.4"}"#)])).nodes.count == 0)
        #expect(tree.leases.count == 1)
    }

    @Test func `of two leases of one node the newer counts, and both are named`() throws {
        var tree = try tree()
        let snapshot = try snapshot(
            tree.replace([
                pair("linnet/leases/10.5.2.0-24", #"{"nodeName":"there"}"#),
                pair("linnet/leases/10.5.3.0-24", #"{"nodeName":"there"}"#),
                pair("subnets/10.5.2.0-24", Self.value, revision: 4),
                pair("subnets/10.5.3.0-24", Self.value, revision: 3),
            ])
        )
        #expect(snapshot.nodes.values.map(\.podCIDRs.v4?.description) == ["10.5.2.0/24"])
        #expect(
            tree.problems.map(\.description) == [
                "/coreos.com/network/subnets/10.5.2.0-24: 10.5.3.0-24 is of node 'there' too; the newer counts. "
                    + "Do two nodes have this name?"
            ]
        )
    }

    @Test(arguments: [
        ("subnets/rubbish", "{}", "this is no subnet such as 10.5.52.0-24: remove the key"),
        ("subnets/10.5.2.0-24", "{", "it is no JSON object"),
        ("objects/Service", "x", "the key is not objects/<Kind>/<namespace, or _>/<name>"),
        ("objects/Service/_/web", "x", "the key is not objects/<Kind>/<namespace, or _>/<name>"),
        ("objects/Node/default/x", "x", "the key is not objects/<Kind>/<namespace, or _>/<name>"),
        ("objects/Service/default/web", "a: [", "line 1:"),
        ("objects/Service/default/web", "", "the value holds 0 objects, not one"),
        (
            "objects/Namespace/_/web", "{apiVersion: v1, kind: Namespace, metadata: {name: other}}",
            "the value is Namespace other, which has another key"
        ),
        (
            "objects/Namespace/_/web", "{apiVersion: v1, kind: Namespace, metadata: {}}",
            "line 1: metadata.name: is missing"
        ),
    ])
    func `what cannot be used is a problem that names the key`(key: String, value: String, reason: String) throws {
        var tree = try tree()
        _ = tree.replace([pair(key, value)])
        let problem = try #require(tree.problems.first)
        #expect(problem.place == "\(Self.prefix)/\(key)")
        #expect(problem.message.hasPrefix(reason), "\(problem.message)")
        // Once it is gone or mended the problem is too.
        _ = tree.take([.delete("\(Self.prefix)/\(key)")])
        #expect(tree.problems == [])
    }

    @Test func `objects are read, and keep their last good form`() throws {
        var tree = try tree()
        let good = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n  labels: {a: b}\n"
        let listed = tree.replace([pair("objects/Namespace/_/web", good)])
        #expect(try snapshot(listed).namespaces["web"]?.metadata.labels == ["a": "b"])
        let broken = tree.take([.put(pair("objects/Namespace/_/web", "{", revision: 2))])
        #expect(try snapshot(listed, broken).namespaces["web"]?.metadata.labels == ["a": "b"])
        #expect(tree.problems.first?.message.hasSuffix("its last good form is kept") == true)
    }

    @Test func `a Node object adds labels to a lease, and its own subnets do not count`() throws {
        var tree = try tree()
        let object =
            #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"there","labels":{"zone":"a"}},"#
            + #""spec":{"podCIDRs":["10.9.0.0/24"]}}"#
        let listed = tree.replace([
            pair("linnet/leases/10.5.2.0-24", #"{"nodeName":"there"}"#), pair("objects/Node/_/there", object),
            pair("subnets/10.5.2.0-24", Self.value),
        ])
        let node = try #require(try snapshot(listed).nodes.values.first)
        #expect(node.labels == ["zone": "a"])
        #expect(node.podCIDRs.v4?.description == "10.5.2.0/24")
        let expired = try snapshot(listed, tree.take([.delete("\(Self.prefix)/subnets/10.5.2.0-24")]))
        #expect(expired.nodes.values.first?.podCIDRs.isEmpty == true)
    }

    @Test func `a list after events gives what the events gave`() throws {
        var followed = try tree()
        let first = followed.replace([pair("subnets/10.5.2.0-24", Self.value)])
        let second = followed.take([
            .put(pair("linnet/leases/10.5.3.0-24", #"{"nodeName":"there"}"#)),
            .put(pair("subnets/10.5.3.0-24", Self.value, revision: 3)), .delete("\(Self.prefix)/subnets/10.5.2.0-24"),
        ])
        var listed = try tree()
        let whole = listed.replace([
            pair("linnet/leases/10.5.3.0-24", #"{"nodeName":"there"}"#),
            pair("subnets/10.5.3.0-24", Self.value, revision: 3),
        ])
        #expect(try Array(snapshot(first, second).nodes.values) == Array(snapshot(whole).nodes.values))
    }
}

/// A change that is none of those expected.
private struct Unexpected: Error {
    let change: String
}
