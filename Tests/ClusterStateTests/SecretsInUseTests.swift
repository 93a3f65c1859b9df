import ClusterFixtures
import ClusterState
import LinuxSystem
import Testing

/// What of the cluster's Secrets is on disk: `shop/s` is looked for.
@Suite final class SecretsInUseTests {
    private let directory = "/tmp/linnet-secrets-tests-\(UInt64.random(in: 0...UInt64.max))"
    private let store: SnapshotStore
    private var files: SnapshotFiles

    init() throws {
        let own = try #require(NodeName(rawValue: "node-1"))
        store = SnapshotStore(sourceDescription: "a test", ownName: own)
        files = SnapshotFiles(
            stateDirectory: directory,
            identity: SnapshotIdentity(source: "a test", node: own),
            keepsSecrets: true
        )
        try Files.createDirectory(directory, mode: 0o700)
    }

    deinit {
        for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
        try? Files.removeDirectory(directory)
    }

    private static func secret(
        _ type: String = "kubernetes.io/tls",
        in namespace: String? = "shop",
        value: String = "keymaterial"
    ) -> ClusterObject {
        .secret(
            Secret(
                metadata: ObjectMetadata(name: "s", namespace: namespace),
                type: type,
                data: ["k": Array(value.utf8)]
            )
        )
    }

    private static func ingress(
        _ secrets: [String?],
        in namespace: String? = "shop",
        class name: String? = nil
    ) -> ClusterObject {
        var ingress = Ingress(metadata: ObjectMetadata(name: "i", namespace: namespace))
        ingress.className = name
        ingress.tls = secrets.map { IngressTLS(hosts: [], secretName: $0) }
        return .ingress(ingress)
    }

    private static func middleware(
        _ fields: StructuredValue,
        kind: String = "basicAuth",
        in namespace: String = "shop"
    ) -> ClusterObject {
        let metadata = ObjectMetadata(name: "m", namespace: namespace)
        return .middleware(Middleware(metadata: metadata, spec: .object([kind: fields])))
    }

    private static let password: StructuredValue = .object(["secret": .string("s")])

    /// Saves, and answers which of the values the file has.
    private func save(_ change: ClusterChange) throws -> Set<String> {
        store.apply(change, confirmedAt: 1)
        try files.save(store.current, confirmedAt: 1)
        let text = try Files.readText("\(directory)/snapshot-secrets")
        return Set(["keymaterial", "exchanged"].filter(text.contains))
    }

    private func all(_ objects: [ClusterObject]) -> ClusterChange {
        .replace(kinds: Set(ObjectKind.allCases), with: objects)
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let objects: [ClusterObject]
        let isSaved: Bool

        init(_ description: String, _ objects: [ClusterObject], isSaved: Bool) {
            (testDescription, self.objects, self.isSaved) = (description, objects, isSaved)
        }
    }

    private static let rows = [
        Row("named by an Ingress", [secret(), ingress(["s"])], isSaved: true),
        Row("named second", [secret(), ingress([nil, "other", "s"])], isSaved: true),
        Row("named by an Ingress of another's class", [secret(), ingress(["s"], class: "nginx")], isSaved: true),
        Row("named by an Ingress, in the default", [secret(in: nil), ingress(["s"], in: "default")], isSaved: true),
        Row("named by an Ingress of another namespace", [secret(), ingress(["s"], in: "bank")], isSaved: false),
        Row("another one is named", [secret(), ingress(["t", ""])], isSaved: false),
        Row("an Ingress names none", [secret(), ingress([nil])], isSaved: false),
        Row("Opaque, named by an Ingress", [secret("Opaque"), ingress(["s"])], isSaved: true),
        Row("named by basicAuth", [secret("Opaque"), middleware(password)], isSaved: true),
        Row("named by basicAuth of another namespace", [secret(), middleware(password, in: "bank")], isSaved: false),
        Row("named by another kind of Middleware", [secret(), middleware(password, kind: "headers")], isSaved: false),
        Row("basicAuth is no object", [secret(), middleware(.string("s"))], isSaved: false),
        Row("TLS, named by nobody", [secret()], isSaved: false),
        Row("Opaque, named by nobody", [secret("Opaque")], isSaved: false),
    ]

    @Test(arguments: rows)
    func `a secret is on disk if something of its namespace names it`(row: Row) throws {
        #expect(try save(all(row.objects)) == (row.isSaved ? ["keymaterial"] : []))
        let saved = try #require(files.load { Issue.record("\($0)") })
        #expect(saved.complete.contains(.secret))
        #expect(saved.objects.contains(row.objects[0]) == row.isSaved)
    }

    /// YAML makes a number of it, and the ingress reads it as the text it was.
    @Test func `a secret that is named by a number is on disk`() throws {
        let metadata = ObjectMetadata(name: "7", namespace: "shop")
        let secret = Secret(metadata: metadata, data: ["k": Array("exchanged".utf8)])
        let middleware = Self.middleware(.object(["secret": .integer(7)]))
        #expect(try save(all([.secret(secret), middleware])) == ["exchanged"])
    }

    @Test(arguments: [ingress(["s"]), middleware(password)])
    func `a secret that comes into use is written, and one that is used no more goes`(user: ClusterObject) throws {
        #expect(try save(all([Self.secret()])) == [])
        #expect(try save(.set(user)) == ["keymaterial"])
        #expect(try save(.set(Self.secret(value: "exchanged"))) == ["exchanged"])
        #expect(try save(.remove(user.key)) == [])
    }

    @Test func `what an earlier run saved and nobody uses goes with the first save`() throws {
        #expect(try save(all([Self.secret(), Self.ingress(["s"])])) == ["keymaterial"])
        files = SnapshotFiles(
            stateDirectory: directory,
            identity: SnapshotIdentity(source: "a test", node: try #require(NodeName(rawValue: "node-1"))),
            keepsSecrets: true
        )
        #expect(try save(.set(Self.ingress([]))) == [])
    }

    @Test func `secrets are written again only if one in use differs`() throws {
        let others = (0..<50).map { number in
            ClusterObject.secret(Secret(metadata: ObjectMetadata(name: "other-\(number)", namespace: "shop")))
        }
        _ = try save(all(others + [Self.secret(), Self.ingress(["s"]), Self.middleware(Self.password)]))
        let before = try Files.status("\(directory)/snapshot-secrets").inode
        _ = try save(.set(Self.secret(in: "bank")))
        _ = try save(.remove(others[7].key))
        _ = try save(.remove(Self.ingress([]).key))
        #expect(try Files.status("\(directory)/snapshot-secrets").inode == before)
        _ = try save(.set(Self.secret(value: "exchanged")))
        #expect(try Files.status("\(directory)/snapshot-secrets").inode != before)
    }
}
