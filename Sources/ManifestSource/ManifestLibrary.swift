import ClusterState
import KubernetesObjects
import LinuxSystem

/// All files of a directory, merged: pure, one look after the other.
///
/// Of an object in two files the file whose name sorts first has it. A file that cannot be read keeps what it last had. What
/// a look costs beyond the list of files is what the changed ones hold.
struct ManifestLibrary {
    /// What is known after a look.
    struct Outcome {
        /// What the store is to be told; nil if the directory could not be read, which confirms nothing.
        var change: ClusterChange?
        /// The kinds of which nothing can be hidden in a file that was never readable.
        var complete: Set<ObjectKind> = []
        var objectCount = 0
        var problems: [SourceProblem] = []
        var notices: [String] = []
        var fileCount = 0
        /// When to look again even if nothing changes, since something is held until then.
        var settlesIn: Duration?
        /// Whether something could not be read of which no notification may tell when it can.
        var wantsRetry = false
    }

    /// How long an object is kept that its file has lost.
    static let settling = Duration.seconds(1)

    private let directory: String
    private var files: [String: ManifestFile] = [:]
    private var index = ManifestIndex()
    /// The kinds that the store was told all objects of.
    private var told: Set<ObjectKind>?
    private var complete: Set<ObjectKind> = []
    private var named: Set<UnreadKind> = []

    /// Whether an earlier run knew objects that no file has shown yet.
    private var isRestored: Bool

    init(directory: String, isRestored: Bool = false) {
        self.directory = directory
        self.isRestored = isRestored
    }

    /// All objects, in the order of their files.
    var objects: [ClusterObject] {
        let keys = Set(files.values.flatMap { $0.objects.map(\.object.key) + $0.heldObjects.map(\.key) })
        return keys.sorted().compactMap(object)
    }

    /// By what the files are known that were read.
    var signatures: [String: FileSignature] { files.compactMapValues(\.signature) }

    /// Takes what a look found.
    ///
    /// - Parameter now: the time since any fixed moment.
    mutating func take(_ listing: ManifestListing, at now: Duration) -> Outcome {
        var outcome = Outcome()
        switch listing {
        case .failed(let error):
            outcome.problems.append(
                SourceProblem(place: directory, message: "\(error): \(Self.remedy(error)); what it held is kept")
            )
            outcome.wantsRetry = true
        case .empty where isRestored || files.values.contains { !$0.objects.isEmpty }:
            let message =
                "is empty, as a mount that is lost leaves it; what it held is kept: mount it again, or put any file "
                + "there, such as .keep, if it is to be empty"
            outcome.problems.append(SourceProblem(place: directory, message: message))
            outcome.wantsRetry = true
        case .empty: take([:], at: now, into: &outcome)
        case .files(let contents): take(contents, at: now, into: &outcome)
        }
        outcome.complete = complete
        describe(into: &outcome)
        nameUnreadKinds(into: &outcome)
        return outcome
    }

    private mutating func take(
        _ contents: [String: ManifestListing.Content],
        at now: Duration,
        into outcome: inout Outcome
    ) {
        isRestored = false
        let touched = read(contents, at: now)
        outcome.wantsRetry = contents.values.contains { if case .failed = $0 { true } else { false } }
        complete.formUnion(files.values.reduce(Set(ObjectKind.allCases)) { $0.subtracting($1.hiddenKinds) })
        outcome.settlesIn = files.values.compactMap { $0.settlesIn(at: now) }.min()
        outcome.change = change(of: touched)
    }

    /// Takes the contents of all files. Returns the objects that may be others by it.
    private mutating func read(_ contents: [String: ManifestListing.Content], at now: Duration) -> Set<ObjectKey> {
        var touched: Set<ObjectKey> = []
        for (name, content) in contents {
            if case .unchanged = content, files[name] != nil { continue }
            if case .same = content, files[name] != nil {
                files[name]?.take(content, at: now)
                continue
            }
            follow(name, touching: &touched) { $0.take(content, at: now) }
        }
        for (name, file) in files {
            guard contents[name] == nil && !file.isGone || file.settlesIn(at: now) != nil else { continue }
            follow(name, touching: &touched) { file in
                if contents[name] == nil { file.vanish(at: now) }
                file.settle(at: now)
            }
            if files[name]?.isForgotten == true { files[name] = nil }
        }
        return touched
    }

    /// Changes a file, and notes where its objects stand then.
    private mutating func follow(
        _ name: String,
        touching touched: inout Set<ObjectKey>,
        _ change: (inout ManifestFile) -> Void
    ) {
        var file = files[name] ?? ManifestFile(path: "\(directory)/\(name)")
        let before = file.objects.map(\.object.key)
        touched.formUnion(before)
        touched.formUnion(file.heldObjects.map(\.key))
        change(&file)
        let after = file.objects.map(\.object.key)
        touched.formUnion(after)
        index.replace(before, by: after, in: name)
        files[name] = file
    }

    /// The object that counts. What a file has lost may have moved to another one.
    private func object(_ key: ObjectKey) -> ClusterObject? {
        if let place = index[key] { return files[place.file]?.objects[place.number].object }
        return files.filter { $0.value.held(key) != nil }.min { $0.key < $1.key }?.value.held(key)
    }

    /// Everything, if kinds have become complete; else what may be another one.
    private mutating func change(of touched: Set<ObjectKey>) -> ClusterChange {
        guard told == complete else {
            told = complete
            return .replace(kinds: complete, with: objects)
        }
        var present: [ClusterObject] = []
        var gone: [ObjectKey] = []
        for key in touched.sorted() {
            if let object = object(key) {
                present.append(object)
            } else if complete.contains(key.kind) {
                gone.append(key)
            }
        }
        return .update(set: present, remove: gone)
    }

    private func describe(into outcome: inout Outcome) {
        let duplicates = Dictionary(grouping: index.duplicates, by: \.place.file)
        for (name, file) in files.sorted(by: { $0.key < $1.key }) {
            outcome.fileCount += file.isGone ? 0 : 1
            outcome.problems += file.problems
            for (key, place) in duplicates[name] ?? [] {
                let owner = index[key].map(position) ?? ""
                let message = "\(key) is already in \(owner), which counts: remove one of them"
                outcome.problems.append(SourceProblem(place: position(place), message: message))
            }
        }
        let onlyHeld = Set(files.values.flatMap { $0.heldObjects.map(\.key) }).count { index[$0] == nil }
        outcome.objectCount = index.count + onlyHeld
    }

    /// Where an object stands, for people.
    private func position(_ place: ManifestIndex.Place) -> String {
        guard let file = files[place.file] else { return place.file }
        return "\(file.path):\(file.objects[place.number].line)"
    }

    private mutating func nameUnreadKinds(into outcome: inout Outcome) {
        for file in files.values.sorted(by: { $0.path < $1.path }) {
            for (kind, line) in file.unread where named.insert(kind).inserted {
                outcome.notices.append("\(file.path):\(line): \(kind) is not used by Linnet, here or elsewhere")
            }
        }
    }

    private static func remedy(_ error: SystemCallError) -> String {
        switch error.errno {
        case .noEntry: "create it, empty for a lone node"
        case .tooManyOpenFiles: "raise LimitNOFILE"
        default: "make it a directory that Linnet can read"
        }
    }
}
