import ClusterFixtures
import ClusterState
import KubernetesObjects
import NetworkTypes
import SeededNumbers
import Testing
import YAML

func items(_ text: String) throws -> [DecodedItem] {
    ObjectDecoder.items(in: try YAMLReader.documents(in: text))
}

func object(_ text: String) throws -> ClusterObject? {
    guard case .object(let object) = try items(text).first?.outcome else { return nil }
    return object
}

@Suite struct ObjectDecoderTests {
    @Test func `a node as kubectl exports it`() throws {
        let wanted = Node(
            name: nodeName("north"),
            labels: ["kubernetes.io/hostname": "north"],
            annotations: [
                "flannel.alpha.coreos.com/backend-data": #"{"VNI":1,"VtepMAC":"12:c6:65:89:b4:e3"}"#,
                "flannel.alpha.coreos.com/backend-v6-data": #"{"VNI":1,"VtepMAC":"12:c6:65:89:b4:e4"}"#,
                "flannel.alpha.coreos.com/backend-type": "vxlan",
                "flannel.alpha.coreos.com/public-ip": "192.168.77.9",
                "flannel.alpha.coreos.com/public-ip-overwrite": "203.0.113.1",
            ],
            podCIDRs: PerFamily(v4: network("10.42.1.0/24"), v6: network("fd00:42:0:1::/64")),
            internalAddresses: PerFamily(v4: address("192.168.77.1"), v6: address("fd00:77::1")),
            externalAddresses: PerFamily(v4: address("203.0.113.7")),
            hostName: "north.example.org",
            publicAddresses: PerFamily(v4: address("203.0.113.1"), v6: address("fd00:77::1")),
            vtep: PerFamily(v4: hardwareAddress("12:c6:65:89:b4:e3"), v6: hardwareAddress("12:c6:65:89:b4:e4")),
            backendType: "vxlan",
            vni: 1
        )
        #expect(
            try object(
                """
                apiVersion: v1
                kind: List
                metadata: {resourceVersion: ""}
                items:
                - apiVersion: v1
                  kind: Node
                  metadata:
                    creationTimestamp: "2026-01-01T00:00:00Z"
                    managedFields: [{apiVersion: v1, fieldsType: FieldsV1, manager: k3s}]
                    resourceVersion: "123"
                    uid: 0d0c
                    name: north
                    labels: {kubernetes.io/hostname: north}
                    annotations:
                      flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"12:c6:65:89:b4:e3"}'
                      flannel.alpha.coreos.com/backend-v6-data: '{"VNI":1,"VtepMAC":"12:c6:65:89:b4:e4"}'
                      flannel.alpha.coreos.com/backend-type: vxlan
                      flannel.alpha.coreos.com/public-ip: 192.168.77.9
                      flannel.alpha.coreos.com/public-ip-overwrite: 203.0.113.1
                  spec:
                    podCIDR: 10.42.1.0/24
                    podCIDRs: [10.42.1.0/24, "fd00:42:0:1::/64"]
                  status:
                    addresses:
                    - {type: Hostname, address: north.example.org}
                    - {type: Hostname, address: another}
                    - {type: InternalIP, address: 192.168.77.1}
                    - {type: InternalIP, address: 192.168.78.1}
                    - {type: InternalIP, address: "fd00:77::1"}
                    - {type: ExternalIP, address: 203.0.113.7}
                    capacity: {cpu: "2"}
                """
            ) == .node(wanted)
        )
    }

    @Test(arguments: [
        ("{podCIDR: 10.42.1.0/24}", PerFamily<IPPrefix>(v4: network("10.42.1.0/24"))),
        ("{podCIDRs: [], podCIDR: 10.42.1.0/24}", PerFamily(v4: network("10.42.1.0/24"))),
        ("{podCIDRs: ['fd00::/64'], podCIDR: 10.42.1.0/24}", PerFamily(v6: network("fd00::/64"))),
        ("{}", PerFamily()),
    ])
    func `the pod networks of a node`(spec: String, wanted: PerFamily<IPPrefix>) throws {
        let object = try object("{apiVersion: v1, kind: Node, metadata: {name: a}, spec: \(spec)}")
        guard case .node(let node) = object else { throw Unexpected() }
        #expect(node.podCIDRs == wanted)
    }

    @Test func `what flannel writes on nodes without IPv4 is no address and no tunnel`() throws {
        let object = try object(
            """
            apiVersion: v1
            kind: Node
            metadata:
              name: a
              annotations:
                flannel.alpha.coreos.com/public-ip: 0.0.0.0
                flannel.alpha.coreos.com/backend-data: "null"
                flannel.alpha.coreos.com/backend-v6-data: ""
            """
        )
        guard case .node(let node) = object else { throw Unexpected() }
        #expect(node.publicAddresses.isEmpty && node.vtep.isEmpty && node.vni == nil)
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let text: String
        let says: String
        var line = 1
        var key: ObjectKey?
        var testDescription: String { says }
    }

    private static let node = ObjectKey(.node, name: "a")

    private static func node(_ rest: String) -> String {
        "apiVersion: v1\nkind: Node\nmetadata:\n  name: a\n\(rest)"
    }

    @Test(arguments: [
        Fault(text: "- a", says: "is a list, not a mapping"),
        Fault(
            text:
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  ports:\n  - {name: 'a\" : drop', port: 1}",
            says: "is no name of a port: write a DNS label",
            line: 7,
            key: ObjectKey(.service, namespace: "default", name: "a")
        ),
        Fault(text: "just text", says: "is a string, not a mapping"),
        Fault(text: "kind: Node", says: "apiVersion: is missing"),
        Fault(text: "apiVersion: v1\nkind: Node", says: "metadata: is missing"),
        Fault(text: "apiVersion: v1\nkind: Node\nmetadata:\n  labels: {}", says: "metadata.name: is missing", line: 4),
        Fault(text: "apiVersion: v1\nkind: Node\nmetadata:\n  name: 12", says: "put 12 in quotes", line: 4),
        Fault(text: "apiVersion: v1\nkind: Node\nmetadata:\n  name: North", says: "'North' is no name", line: 4),
        Fault(
            text: node("spec:\n  podCIDRs:\n  - 10.42.1.0/24\n  - 10.42.300.0/24"),
            says: "spec.podCIDRs[1]: '10.42.300.0/24' is not a network",
            line: 8,
            key: node
        ),
        Fault(text: node("spec: {podCIDR: 10.42.1.1/24}"), says: "did you mean 10.42.1.0/24?", line: 5, key: node),
        Fault(
            text: node("spec: {podCIDRs: [10.42.1.0/24, 10.42.2.0/24]}"),
            says: "spec.podCIDRs: has two IPv4 networks",
            line: 5,
            key: node
        ),
        Fault(
            text: node("status:\n  addresses:\n  - {type: InternalIP, address: north}"),
            says: "status.addresses[0].address: 'north' is not an IP address",
            line: 7,
            key: node
        ),
        Fault(
            text: node("  annotations:\n    flannel.alpha.coreos.com/public-ip: fd00::1"),
            says: "fd00::1 is not an IPv4 address",
            line: 6,
            key: node
        ),
        Fault(
            text: node("  annotations:\n    flannel.alpha.coreos.com/backend-data: '{\"VtepMAC\":\"x\"}'"),
            says: "VtepMAC 'x' is not a unicast MAC address",
            line: 6,
            key: node
        ),
        Fault(
            text: "{apiVersion: v1, kind: Service, metadata: {name: b}, spec: {ports: [{port: 70000}]}}",
            says: "spec.ports[0].port: 70000 is not in 1-65535",
            key: ObjectKey(.service, namespace: "default", name: "b")
        ),
        Fault(
            text: "{apiVersion: v1, kind: Secret, metadata: {name: b, namespace: n}, data: {k: '???'}}",
            says: "data.k: is not base64",
            key: ObjectKey(.secret, namespace: "n", name: "b")
        ),
    ])
    func `an object that cannot be used says where and why`(row: Fault) throws {
        guard case .failed(let error, let key) = try items(row.text).first?.outcome else { throw Unexpected() }
        #expect("\(error)".contains(row.says), "\(error)")
        #expect(error.position.line == row.line)
        #expect(key == row.key)
    }

    @Test func `one bad object leaves the others`() throws {
        let outcomes = try items(
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: Namespace, metadata: {name: B}}
            ---
            ---
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}}
            ---
            {apiVersion: v1, kind: NamespaceList, items: [{metadata: {name: c}}]}
            """
        )
        #expect(outcomes.count == 4)
        #expect(outcomes.map(\.position.line) == [1, 3, 6, 8])
        guard case .unread(let kind) = outcomes[2].outcome else { throw Unexpected() }
        #expect("\(kind)" == "Deployment of apps/v1")
        #expect(outcomes[3].outcome == .object(.namespace(Namespace(metadata: ObjectMetadata(name: "c")))))
    }

    @Test func `another version of a kind that is read is named with the one that is`() throws {
        let text = "{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: a}}"
        guard case .unread(let kind) = try items(text).first?.outcome else { throw Unexpected() }
        #expect("\(kind)" == "Ingress of extensions/v1beta1 (networking.k8s.io/v1 is read)")
    }

    @Test func `damaged objects never do worse than fail`() throws {
        var random = SeededNumbers(seed: 3)
        let pieces = [
            "1", "~", "[]", "{}", "true", "x", "''", "10.0.0.0/8", "[{}]", "[~]", "{name: 1}", "-5", "{a: {b: []}}",
        ]
        let keys = ["spec", "status", "data", "metadata", "endpoints", "ports", "addressType", "stringData"]
        for kind in ObjectKind.allCases {
            for _ in 0..<300 {
                var text = "{apiVersion: \(kind.apiVersion), kind: \(kind.rawValue), metadata: {name: a}"
                for key in Set((0..<3).compactMap { _ in keys.randomElement(using: &random) }) where key != "metadata" {
                    text += ", \(key): \(pieces.randomElement(using: &random) ?? "")"
                }
                #expect(try items(text + "}").count == 1)
            }
        }
    }
}

struct Unexpected: Error {}
