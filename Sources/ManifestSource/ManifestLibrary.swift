import ClusterState
import KubernetesObjects
import LinuxSystem

/// All files of a directory, merged: pure, one look after the other.
///
/// Of an object in two files the file whose name sorts first has it. A file that cannot be read keeps what it last had.
struct ManifestLibrary {
    /// What is known after a look.
    struct Outcome {
        var objects: [ClusterObject] = []
        /// The kinds of which nothing can be hidden in a file that was never readable.
        var complete: Set<ObjectKind> = []
        var problems: [SourceProblem] = []
        var notices: [String] = []
        var fileCount = 0
        /// When to look again even if nothing changes, since something is held until then.
        var settlesIn: Duration?
        /// Whether the objects are what the directory holds now.
        var isDirectoryRead = false
        /// Whether something could not be read of which no notification may tell when it can.
        var wantsRetry = false
    }

    /// How long an object is kept that its file has lost.
    static let settling = Duration.seconds(1)

    private let directory: String
    private var files: [String: ManifestFile] = [:]
    private var complete: Set<ObjectKind> = []
    private var named: Set<UnreadKind> = []

    /// Whether an earlier run knew objects that no file has shown yet.
    private var isRestored: Bool

    init(directory: String, isRestored: Bool = false) {
        self.directory = directory
        self.isRestored = isRestored
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
        merge(into: &outcome)
        nameUnreadKinds(into: &outcome)
        return outcome
    }

    private mutating func take(
        _ contents: [String: ManifestListing.Content],
        at now: Duration,
        into outcome: inout Outcome
    ) {
        isRestored = false
        read(contents, at: now)
        outcome.isDirectoryRead = true
        outcome.wantsRetry = contents.values.contains { if case .failed = $0 { true } else { false } }
        complete.formUnion(files.values.reduce(Set(ObjectKind.allCases)) { $0.subtracting($1.hiddenKinds) })
        outcome.settlesIn = files.values.compactMap { $0.settlesIn(at: now) }.min()
    }

    private mutating func read(_ contents: [String: ManifestListing.Content], at now: Duration) {
        for (name, content) in contents {
            files[name, default: ManifestFile(path: "\(directory)/\(name)")].take(content, at: now)
        }
        for name in files.keys where contents[name] == nil { files[name]?.vanish(at: now) }
        for name in files.keys { files[name]?.settle(at: now) }
        files = files.filter { !$0.value.isForgotten }
    }

    private func merge(into outcome: inout Outcome) {
        var owners: [ObjectKey: String] = [:]
        let sorted = files.sorted { $0.key < $1.key }.map(\.value)
        for file in sorted {
            outcome.problems += file.problems
            outcome.fileCount += file.isGone ? 0 : 1
            for placed in file.objects {
                let key = placed.object.key
                if let owner = owners[key] {
                    outcome.problems.append(
                        SourceProblem(
                            place: "\(file.path):\(placed.line)",
                            message: "\(key) is already in \(owner), which counts: remove one of them"
                        )
                    )
                } else {
                    owners[key] = "\(file.path):\(placed.line)"
                    outcome.objects.append(placed.object)
                }
            }
        }
        // What a file has lost may have moved to another one.
        for object in sorted.flatMap(\.heldObjects) where owners[object.key] == nil {
            owners[object.key] = ""
            outcome.objects.append(object)
        }
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
