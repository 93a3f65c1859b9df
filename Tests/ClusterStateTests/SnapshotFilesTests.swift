import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import SeededNumbers
import Synchronization
import Testing

@Suite final class SnapshotFilesTests {
    private let directory = "/tmp/linnet-snapshot-tests-\(UInt64.random(in: 0...UInt64.max))"
    private let own = nodeName("node-1")
    private let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))

    init() throws {
        try Files.createDirectory(directory, mode: 0o700)
    }

    deinit {
        for name in (try? Files.list(directory)) ?? [] { try? Files.remove("\(directory)/\(name)") }
        try? Files.removeDirectory(directory)
    }

    private func files(source: String = "a test", node: String = "node-1", secrets: Bool = true) -> SnapshotFiles {
        SnapshotFiles(
            stateDirectory: directory,
            identity: SnapshotIdentity(source: source, node: nodeName(node)),
            keepsSecrets: secrets
        )
    }

    /// What is loaded, and what is warned of.
    private func load(_ files: SnapshotFiles) -> (saved: SavedSnapshot?, warnings: [String]) {
        var warnings: [String] = []
        let saved = files.load { warnings.append("\($0)") }
        return (saved, warnings)
    }

    /// A store that knows nothing but what was saved.
    private func restored(_ saved: SavedSnapshot?) throws -> ClusterSnapshot {
        let store = SnapshotStore(sourceDescription: "a test", ownName: own)
        store.restore(try #require(saved))
        return store.current
    }

    private func contents(of snapshot: ClusterSnapshot) -> [ObjectKey: ClusterObject] {
        var contents: [ObjectKey: ClusterObject] = [:]
        for key in ObjectKind.allCases.flatMap(snapshot.keys(of:)) { contents[key] = snapshot[key] }
        return contents
    }

    @Test func `what was saved is restored, every field of every kind`() throws {
        var declared = fixtureNode(1)
        declared.labels = ["zone": "a"]
        declared.hostName = "one.example.org"
        let objects = fullObjects() + [.node(declared)]
        store.apply(.replace(kinds: Set(ObjectKind.allCases), with: objects), confirmedAt: 1_700_000_000.25)
        store.setOwnLease(fixtureLease(1))
        var files = files()
        try files.save(store.current, confirmedAt: store.current.confirmedAt)
        let (saved, warnings) = load(files)
        #expect(warnings == [])
        let snapshot = try restored(saved)
        #expect(contents(of: snapshot) == contents(of: store.current))
        #expect(snapshot.complete == store.current.complete)
        #expect(snapshot.ownLease == fixtureLease(1))
        #expect(snapshot.declaredOwnNode == declared)
        #expect(snapshot.restoration?.confirmedAt == 1_700_000_000.25)
        #expect(snapshot.restoration?.kinds == Set(ObjectKind.allCases))
        #expect(snapshot.confirmedAt == nil)
        #expect(try Files.list(directory) == ["snapshot", "snapshot-secrets"])
        for name in ["snapshot", "snapshot-secrets"] { #expect(try Files.status("\(directory)/\(name)").mode == 0o600) }
    }

    @Test(arguments: 1...20)
    func `any state is restored as it was, but for secrets that nobody uses`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        let kinds = Set(ObjectKind.allCases.filter { $0 == .node || Bool.random(using: &random) })
        store.apply(.replace(kinds: kinds, with: []), confirmedAt: 1)
        for _ in 0..<40 { store.apply(.set(randomObject(using: &random)), confirmedAt: 1) }
        if Bool.random(using: &random) { store.setOwnLease(fixtureLease(1)) }
        var files = files()
        try files.save(store.current, confirmedAt: store.current.confirmedAt)
        let snapshot = try restored(load(files).saved)
        let current = store.current
        let expected = contents(of: current).filter { key, _ in
            key.kind != .secret || current.ingresses[key.namespacedName] != nil
        }
        #expect(contents(of: snapshot) == expected)
        #expect(snapshot.complete == kinds)
    }

    /// Whatever a file says: it is refused, or it is a state like any other. A checksum stands before it, which is made to
    /// fit here.
    @Test(arguments: 1...10)
    func `rubbish with a right checksum is refused, or restored and saved like any state`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        store.apply(.replace(kinds: Set(ObjectKind.allCases), with: fullObjects()), confirmedAt: 1)
        store.setOwnLease(fixtureLease(1))
        var files = files()
        try files.save(store.current, confirmedAt: 1)
        let main = SnapshotFiles.files(in: directory).main
        let content = try #require(try main.read())
        var accepted = 0
        for _ in 0..<150 {
            try main.write(Self.mutated(content, using: &random))
            let (saved, warnings) = load(files)
            guard let saved else {
                #expect(warnings.count == 1)
                continue
            }
            accepted += 1
            let first = try restored(saved)
            try files.save(first, confirmedAt: nil)
            let second = try restored(load(files).saved)
            // An Ingress whose reference was hit uses its Secret no more.
            let others = contents(of: first).filter { key, _ in key.kind != .secret }
            #expect(contents(of: second).filter { key, _ in key.kind != .secret } == others)
            #expect(Set(second.secrets.values).isSubset(of: first.secrets.values))
            #expect(second.ownLease == first.ownLease && second.complete == first.complete)
            #expect(second.restoration == first.restoration)
        }
        // A letter of a name is as good as another.
        #expect(accepted > 0)
    }

    /// With one to three bytes changed, taken out, or put in.
    private static func mutated(_ content: [UInt8], using random: inout SeededNumbers) -> [UInt8] {
        var content = content
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let index = Int.random(in: content.indices, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: content.remove(at: index)
            case 1: content.insert(UInt8.random(in: 0...255, using: &random), at: index)
            case 2: content[index] = UInt8.random(in: 0...255, using: &random)
            // The numbers that stand for lengths and choices are small.
            case 3: content[index] &+= 1
            case 4: content[index] &-= 1
            default: content[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        }
        return content
    }

    @Test func `a state of which no kind can be kept is not saved, and not restored`() throws {
        store.apply(.replace(kinds: [.secret], with: []), confirmedAt: 1)
        var forgetting = files(secrets: false)
        #expect(try !forgetting.save(store.current, confirmedAt: 1))
        #expect(try Files.list(directory) == [])
        var keeping = files()
        #expect(try keeping.save(store.current, confirmedAt: 1))
        #expect(load(forgetting).saved == nil)
    }

    @Test func `nothing known is nothing saved`() throws {
        var files = files()
        try files.save(store.current, confirmedAt: store.current.confirmedAt)
        #expect(try Files.list(directory) == [])
        #expect(load(files).saved == nil)
        #expect(load(files).warnings == [])
    }

    @Test func `secrets are kept apart, and not at all where they must not`() throws {
        let secret = Secret(metadata: ObjectMetadata(name: "s", namespace: "n"), data: ["k": Array("keymaterial".utf8)])
        var ingress = Ingress(metadata: ObjectMetadata(name: "i", namespace: "n"))
        ingress.tls = [IngressTLS(hosts: [], secretName: "s")]
        let objects: [ClusterObject] = [.secret(secret), .ingress(ingress)]
        store.apply(.replace(kinds: [.node, .secret, .ingress], with: objects), confirmedAt: 1)
        var keeping = files()
        try keeping.save(store.current, confirmedAt: store.current.confirmedAt)
        #expect(try !Files.readText("\(directory)/snapshot").contains("keymaterial"))
        #expect(try Files.readText("\(directory)/snapshot-secrets").contains("keymaterial"))
        var forgetting = files(secrets: false)
        #expect(load(forgetting).saved?.complete == [.node, .ingress])
        try forgetting.tidy()
        try forgetting.save(store.current, confirmedAt: store.current.confirmedAt)
        #expect(try Files.list(directory) == ["snapshot"])
        // Kept again: what was saved without them does not pass for none.
        #expect(load(files()).saved?.complete == [.node, .ingress])
    }

    @Test func `damaged secrets leave the rest, and are no empty list`() throws {
        store.apply(.replace(kinds: [.node, .secret], with: []), confirmedAt: 1)
        var files = files()
        try files.save(store.current, confirmedAt: store.current.confirmedAt)
        try Files.writeAtomically("rubbish", to: "\(directory)/snapshot-secrets")
        let (saved, warnings) = load(files)
        #expect(saved?.complete == [.node])
        #expect(warnings.count == 1 && warnings[0].hasPrefix("\(directory)/snapshot-secrets: "))
    }

    @Test(arguments: [("another test", "node-1"), ("a test", "node-2")])
    func `the snapshot of another source or node is named and not taken`(source: String, node: String) throws {
        store.apply(.replace(kinds: [.node], with: []), confirmedAt: 1)
        var files = files()
        try files.save(store.current, confirmedAt: store.current.confirmedAt)
        let (saved, warnings) = load(self.files(source: source, node: node))
        #expect(saved == nil)
        #expect(warnings.count == 1 && warnings[0].contains("it is of a test on node 'node-1', not of \(source)"))
    }

    @Test func `a snapshot that cannot be written leaves the one before`() throws {
        store.apply(.replace(kinds: [.node], with: [.node(fixtureNode(2))]), confirmedAt: 1)
        var files = files()
        try files.save(store.current, confirmedAt: store.current.confirmedAt)
        let before = try Files.read("\(directory)/snapshot")
        try Files.remove("\(directory)/snapshot-secrets")
        var elsewhere = SnapshotFiles(
            stateDirectory: "/proc/linnet",
            identity: SnapshotIdentity(source: "a test", node: own),
            keepsSecrets: true
        )
        #expect(throws: SystemCallError.self) {
            try elsewhere.save(store.current, confirmedAt: store.current.confirmedAt)
        }
        #expect(try Files.read("\(directory)/snapshot") == before)
    }

    @Test func `what a killed writer left is tidied up`() throws {
        for name in [".snapshot.7-1.tmp", ".snapshot-secrets.7-2.tmp", "lease"] {
            try Files.create("\(directory)/\(name)", with: "x")
        }
        try files().tidy()
        #expect(try Files.list(directory) == ["lease"])
    }
}
