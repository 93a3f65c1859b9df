import ClusterFixtures
import ClusterState
import LinuxSystem
import NetworkTypes
import SeededNumbers
import Testing

@testable import ManifestSource

/// One node as a manifest.
func manifest(_ name: String, _ podCIDR: String = "10.42.1.0/24") -> String {
    "apiVersion: v1\nkind: Node\nmetadata: {name: \(name)}\nspec: {podCIDR: \(podCIDR)}\n---\n"
}

@Suite final class ManifestLibraryTests {
    private var library = ManifestLibrary(directory: "/m")
    private var files: [String: ManifestListing.Content] = [:]
    /// What it tells is taken up by a store.
    private let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("own-node"))
    private let signature: FileSignature

    init() throws {
        signature = FileSignature(try Files.status("/proc/self/status"), readAt: 0)
    }

    private func look(at seconds: Double, _ changes: [String: String?] = [:]) -> ManifestLibrary.Outcome {
        for (name, text) in changes { files[name] = text.map { .text(Array($0.utf8), signature) } }
        let outcome = take(.files(files), at: seconds)
        files = files.mapValues { if case .text = $0 { .unchanged } else { $0 } }
        return outcome
    }

    private func take(_ listing: ManifestListing, at seconds: Double) -> ManifestLibrary.Outcome {
        let outcome = library.take(listing, at: .seconds(seconds))
        if let change = outcome.change { store.apply(change, confirmedAt: seconds) }
        #expect(store.objects == Set(library.objects))
        #expect(outcome.objectCount == library.objects.count)
        return outcome
    }

    /// What the store has after a look.
    private func names(_: ManifestLibrary.Outcome) -> [String] { store.objects.map(\.key.name).sorted() }

    @Test func `the first look completes all kinds`() {
        let outcome = look(
            at: 0,
            [
                "a.yaml": manifest("a") + manifest("b"),
                "c.json": #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"c"}}"#,
            ]
        )
        #expect(names(outcome) == ["a", "b", "c"])
        #expect(outcome.complete == Set(ObjectKind.allCases))
        #expect(outcome.problems == [] && outcome.settlesIn == nil)
    }

    @Test func `a directory that comes back empty keeps what it held until somebody confirms it`() {
        _ = look(at: 0, ["a.yaml": manifest("a") + manifest("b")])
        let lost = take(.empty, at: 5)
        #expect(names(lost) == ["a", "b"])
        #expect(lost.change == nil && lost.wantsRetry)
        #expect(lost.problems.first?.place == "/m" && lost.problems.first?.message.contains(".keep") == true)
        #expect(names(take(.empty, at: 500)) == ["a", "b"])
        // A file that is no manifest is there: the directory is meant to hold none.
        #expect(names(look(at: 501, ["a.yaml": nil])) == ["a", "b"])
        let confirmed = look(at: 503)
        #expect(names(confirmed) == [] && confirmed.problems == [] && confirmed.change != nil)
        #expect(take(.empty, at: 504).problems == [])
    }

    @Test(arguments: [true, false])
    func `an empty directory at the start is believed by a node that knew no others`(isRestored: Bool) {
        var library = ManifestLibrary(directory: "/m", isRestored: isRestored)
        let outcome = library.take(.empty, at: .zero)
        #expect((outcome.change != nil) == !isRestored)
        #expect(outcome.problems.isEmpty == !isRestored)
    }

    @Test func `a file that breaks keeps what it had and says where`() {
        _ = look(at: 0, ["a.yaml": manifest("a") + manifest("b")])
        let broken = look(at: 5, ["a.yaml": manifest("a") + "kind: [\n"])
        #expect(names(broken) == ["a", "b"])
        #expect(broken.problems.count == 1)
        #expect(broken.problems.first?.place == "/m/a.yaml:6")
        #expect(broken.settlesIn == nil)
        let mended = look(at: 6, ["a.yaml": manifest("a") + manifest("b")])
        #expect(mended.problems == [] && names(mended) == ["a", "b"])
    }

    @Test func `an object that breaks keeps its last good form, the others change`() {
        _ = look(at: 0, ["a.yaml": manifest("a", "10.42.1.0/24") + manifest("b")])
        let broken = look(at: 5, ["a.yaml": manifest("a", "10.42.1.1/24") + manifest("c")])
        #expect(names(broken) == ["a", "b", "c"])
        #expect(broken.problems.first?.object == .node(nodeName("a")))
        #expect(broken.problems.first?.place == "/m/a.yaml:4")
        #expect(names(look(at: 6.1)) == ["a", "c"])
    }

    @Test func `what an editor empties or removes for a moment stays`() {
        _ = look(at: 0, ["a.yaml": manifest("a")])
        let emptied = look(at: 5, ["a.yaml": ""])
        #expect(names(emptied) == ["a"] && emptied.settlesIn == .seconds(1))
        #expect(names(look(at: 5.2, ["a.yaml": manifest("a", "10.42.2.0/24")])) == ["a"])
        _ = look(at: 7)
        #expect(store.objects == [.node(fixture("a", "10.42.2.0/24"))])
        let removed = look(at: 8, ["a.yaml": nil])
        #expect(names(removed) == ["a"])
        #expect(names(look(at: 8.5, ["a.yaml": manifest("a")])) == ["a"])
        #expect(names(look(at: 12)) == ["a"])
    }

    @Test func `what is gone for good goes`() {
        _ = look(at: 0, ["a.yaml": manifest("a") + manifest("b"), "c.yaml": manifest("c")])
        _ = look(at: 1, ["a.yaml": manifest("a"), "c.yaml": nil])
        let later = look(at: 2)
        #expect(names(later) == ["a"])
        #expect(later.settlesIn == nil && later.fileCount == 1)
    }

    @Test func `an object may move to another file`() {
        _ = look(at: 0, ["a.yaml": manifest("a"), "b.yaml": ""])
        let moved = look(at: 1, ["a.yaml": "", "b.yaml": manifest("a", "10.42.9.0/24")])
        #expect(moved.problems == [])
        #expect(store.objects == [.node(fixture("a", "10.42.9.0/24"))])
    }

    @Test func `of an object in two files the first file has it, and both are named`() throws {
        let outcome = look(at: 0, ["b.yaml": manifest("a", "10.42.2.0/24"), "a.yaml": manifest("x") + manifest("a")])
        #expect(store.objects.contains(.node(fixture("a", "10.42.1.0/24"))))
        let problem = try #require(outcome.problems.first)
        #expect(problem.place == "/m/b.yaml:1" && problem.message.contains("Node a is already in /m/a.yaml:6"))
        #expect(look(at: 1, ["a.yaml": manifest("x")]).problems == [])
    }

    @Test(arguments: [
        ("kind: Service\n\tbad", [ObjectKind.service]),
        ("kind: [Node, Ingress\n", [.node, .ingress]),
        ("\tbad", ObjectKind.allCases),
    ])
    func `a file that was never readable hides the kinds it names`(text: String, hidden: [ObjectKind]) {
        let outcome = look(at: 0, ["a.yaml": text, "b.yaml": manifest("b")])
        #expect(names(outcome) == ["b"])
        #expect(outcome.complete == Set(ObjectKind.allCases).subtracting(hidden))
        #expect(look(at: 1, ["a.yaml": ""]).complete == Set(ObjectKind.allCases))
        #expect(look(at: 2, ["a.yaml": text]).complete == Set(ObjectKind.allCases))
    }

    @Test func `a directory that cannot be read keeps what it had`() {
        let error = SystemCallError(call: "opendir", subject: "/m", errno: .noEntry)
        let never = take(.failed(error), at: 0)
        #expect(never.complete == [] && never.problems.first?.place == "/m")
        _ = look(at: 1, ["a.yaml": manifest("a")])
        let gone = take(.failed(error), at: 9)
        #expect(names(gone) == ["a"] && gone.problems.count == 1 && gone.complete.count == 9)
        #expect(look(at: 20).problems == [])
    }

    @Test(arguments: 1...30)
    func `files that change in any order leave what a first look at them finds`(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        var texts: [String: String] = [:]
        for step in 0..<60 {
            let name = "\(Int.random(in: 1...4, using: &random)).yaml"
            let text = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                manifest(
                    ["a", "b", "c", "d", "own-node"].randomElement(using: &random) ?? "a",
                    "10.42.\(Int.random(in: 1...2, using: &random)).0/24"
                )
            }
            let isGone = Int.random(in: 0..<5, using: &random) == 0
            texts[name] = isGone ? nil : text.joined()
            _ = look(at: Double(step) * 0.4, [name: texts[name]])
        }
        let outcome = look(at: 100)
        var fresh = ManifestLibrary(directory: "/m")
        let first = fresh.take(.files(texts.mapValues { .text(Array($0.utf8), signature) }), at: .zero)
        #expect(store.objects == Set(fresh.objects))
        #expect(outcome.problems == first.problems)
        #expect(outcome.fileCount == first.fileCount)
    }

    @Test func `a kind that is not read is named once`() {
        let pod = "apiVersion: v1\nkind: Pod\n"
        #expect(
            look(at: 0, ["a.yaml": pod, "b.yaml": pod]).notices == [
                "/m/a.yaml:1: Pod of v1 is not used by Linnet, here or elsewhere"
            ]
        )
        #expect(look(at: 1, ["c.yaml": pod]).notices == [])
    }

    @Test(arguments: [
        ("a.yaml", true), ("a.yml", true), ("a.json", true), (".a.yaml", false), (".a.yaml.swp", false),
        ("a.yaml~", false), ("#a.yaml#", false), (".#a.yaml", false), ("a.yaml.bak", false), ("..data", false),
        ("4913", false), ("README.md", false),
    ])
    func `which files are manifests`(name: String, isManifest: Bool) {
        #expect(ManifestListing.isManifest(name) == isManifest)
    }

    /// One that was written a moment before it was read is read again, since its time may hide a second change.
    @Test func `a file that holds what it held is not taken for a new one`() throws {
        let directory = "/tmp/linnet-listing-\(UInt64.random(in: 0...UInt64.max))"
        try Files.createDirectory(directory)
        defer {
            try? Files.remove("\(directory)/a.yaml")
            try? Files.removeDirectory(directory)
        }
        var library = ManifestLibrary(directory: directory)
        func look() -> (isText: Bool, outcome: ManifestLibrary.Outcome) {
            let listing = ManifestListing.read(directory, knowing: library.signatures)
            let isText =
                if case .files(let files) = listing, case .text = files["a.yaml"] { true } else { false }
            return (isText, library.take(listing, at: .zero))
        }
        try Files.writeAtomically(manifest("a"), to: "\(directory)/a.yaml")
        #expect(look().isText && library.objects == [.node(fixture("a", "10.42.1.0/24"))])
        let again = look()
        #expect(!again.isText && library.objects == [.node(fixture("a", "10.42.1.0/24"))])
        guard case .update(let objects, let keys) = again.outcome.change else { throw UnexpectedChange() }
        #expect(objects.isEmpty && keys.isEmpty)
        try Files.writeAtomically(manifest("a", "10.42.2.0/24"), to: "\(directory)/a.yaml")
        #expect(look().isText && library.objects == [.node(fixture("a", "10.42.2.0/24"))])
    }

    private struct UnexpectedChange: Error {}

    private func fixture(_ name: String, _ podCIDR: String) -> Node {
        Node(name: nodeName(name), podCIDRs: PerFamily(v4: network(podCIDR)))
    }
}

extension SnapshotStore {
    fileprivate var objects: Set<ClusterObject> {
        let snapshot = current
        return Set(ObjectKind.allCases.flatMap { snapshot.keys(of: $0) }.compactMap { snapshot[$0] })
    }
}
