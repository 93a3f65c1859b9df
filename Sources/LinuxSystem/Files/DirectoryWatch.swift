internal import CLinux
internal import Synchronization

/// Tells when the entries of a directory change: created, written and closed, moved, deleted.
///
/// It says that something changed, never what: the reader looks for itself. A directory that is missing is watched for
/// through its nearest parent that exists.
package final class DirectoryWatch: Sendable {
    private let path: String
    private let reader: FileEvents.Reader
    private let descriptor: SharedDescriptor
    /// The kernel's number of the watch on each directory.
    private let watches = Mutex<[String: Int32]>([:])

    /// - Parameter path: an absolute path.
    package init(_ path: String) throws(SystemCallError) {
        self.path = path
        (reader, descriptor) = try FileEvents.shared.join()
        try arm()
    }

    deinit { FileEvents.shared.leave(reader) }

    /// Calls `body` each time something may have changed, until the task is cancelled. The first call comes at once.
    package func forEachChange(_ body: () async throws -> Void) async throws {
        try await body()
        let readiness = Reactor.shared.readiness(of: descriptor)
        // Another reader may have taken off the queue what came before we listened.
        if drain() { try await look(body) }
        for await _ in readiness where drain() { try await look(body) }
    }

    private func look(_ body: () async throws -> Void) async throws {
        try arm()
        try await body()
    }

    /// Takes the events there are. Returns whether there were any.
    private func drain() -> Bool {
        let news = FileEvents.shared.takeNews(of: reader)
        if !news.ended.isEmpty {
            watches.withLock { watches in watches = watches.filter { !news.ended.contains($0.value) } }
        }
        return news.isAny
    }

    /// Watches the directory, and its parents, so that its removal, its return and the exchange of a symbolic link on
    /// the way to it are seen.
    private func arm() throws(SystemCallError) {
        // The parents first: what appears below one of them from then on is told.
        for directory in Self.ancestors(of: path).reversed() {
            let isWatched = watches.withLock { $0[directory] != nil }
            if isWatched, directory != path { continue }
            let watch: Int32
            do throws(SystemCallError) {
                watch = try FileEvents.shared.watch(for: reader, on: directory) { inotify in
                    unsafe linnet_inotify_watch(inotify, directory)
                }
            } catch  where error.errno == .noEntry || error.errno == .notDirectory || error.errno == .accessDenied {
                continue
            }
            let old = watches.withLock { watches in
                let old = watches[directory]
                watches[directory] = watch
                return old
            }
            // The path leads to another directory by now.
            if let old, old != watch { FileEvents.shared.unwatch(old, of: reader) }
        }
    }

    /// The path itself and its parent, or more of its parents as long as they are missing.
    private static func ancestors(of path: String) -> [String] {
        var directories = [path]
        var current = path
        while let slash = current.lastIndex(of: "/"), current != "/" {
            let parent = slash == current.startIndex ? "/" : String(current[..<slash])
            directories.append(parent)
            if Files.exists(parent) { break }
            current = parent
        }
        return directories
    }
}
