package import ClusterState
import LinuxSystem

/// Cluster state from a directory of Kubernetes manifests: `*.yaml`, `*.yml` and `*.json`, hidden files left alone.
///
/// The directory is looked at as a whole whenever the kernel says that something in it changed; what was missed is seen
/// by the next look. What a file had and has no more is kept until the file has been quiet for a moment, since an editor
/// empties or removes a file before it writes it. What a directory held that comes back without any entry is kept with a
/// problem that says so: that is how the place of a lost mount looks. Any file in it, such as `.keep`, confirms that it is
/// to hold nothing.
package struct ManifestSource: ClusterSource {
    private let directory: String
    private let auditInterval: Duration

    /// - Parameters:
    ///   - directory: an absolute path.
    ///   - auditInterval: how often it is looked at although nothing was notified: what another host changes on a shared
    ///     file system is not, and each look confirms what is known.
    package init(directory: String, auditInterval: Duration = .seconds(300)) {
        self.directory = directory
        self.auditInterval = auditInterval
    }

    package var description: String { "manifests in \(directory)" }

    package func run(
        feeding store: SnapshotStore,
        reporting report: @escaping @Sendable (SourceEvent) -> Void
    ) async throws {
        let watch = try DirectoryWatch(directory)
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (retries, retry) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await watch.forEachChange { wake.yield() } }
            group.addTask {
                for await _ in retries {
                    try await ContinuousClock().sleep(for: Self.patience)
                    wake.yield()
                }
            }
            group.addTask {
                while true {
                    try await ContinuousClock().sleep(for: auditInterval)
                    wake.yield()
                }
            }
            group.addTask { try await look(on: wakes, feeding: store, report) { retry.yield() } }
        }
    }

    /// After how long it is tried again to read what could not be read and may never be heard of: what a link leads to, a
    /// disk with errors, a descriptor that was not to be had.
    private static let patience = Duration.seconds(5)

    /// Looks at the directory at each wake.
    private func look(
        on wakes: AsyncStream<Void>,
        feeding store: SnapshotStore,
        _ report: @escaping @Sendable (SourceEvent) -> Void,
        askForRetry: () -> Void
    ) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        var library = ManifestLibrary(
            directory: directory,
            isRestored: store.current.restoration != nil && store.current.nodes.values.count > 1
        )
        var said = ManifestSpeaker(report)
        for await _ in wakes {
            while true {
                report(.working(on: "reading \(directory)"))
                let listing = ManifestListing.read(directory, knowing: library.signatures)
                let outcome = library.take(listing, at: start.duration(to: clock.now))
                // Problems first: whoever sees that a kind is complete must see what is missing from it.
                store.setProblems(outcome.problems)
                // A directory that cannot be read confirms nothing: what is known grows old.
                if let change = outcome.change { store.apply(change, confirmedAt: SystemTime.now()) }
                said.say(outcome)
                if outcome.wantsRetry { askForRetry() }
                guard let pause = outcome.settlesIn else { break }
                report(.waiting(for: "a changed file to settle"))
                try await clock.sleep(for: pause)
            }
            report(.waiting(for: "a change in \(directory)"))
        }
    }
}

/// Says what is news, once.
struct ManifestSpeaker {
    private let report: @Sendable (SourceEvent) -> Void
    private var last: SourceEvent?
    private var problems: Set<SourceProblem> = []

    init(_ report: @escaping @Sendable (SourceEvent) -> Void) {
        self.report = report
    }

    mutating func say(_ outcome: ManifestLibrary.Outcome) {
        for text in outcome.notices { report(.notice(text)) }
        for problem in problems.subtracting(outcome.problems).sorted(by: { $0.place < $1.place }) {
            report(.notice("mended: \(problem)"))
        }
        problems = Set(outcome.problems)
        let event: SourceEvent =
            if outcome.problems.isEmpty {
                .synchronised("\(outcome.objectCount) objects in \(outcome.fileCount) files")
            } else {
                .degraded(outcome.problems.map(\.description).joined(separator: "; "))
            }
        guard event != last else { return }
        last = event
        report(event)
    }
}
