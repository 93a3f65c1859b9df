internal import CLinux
internal import Synchronization

/// Tells when the entries of a directory change: created, written and closed, moved, deleted.
///
/// It says that something changed, never what: the reader looks for itself. A directory that is missing is watched for
/// through its nearest parent that exists.
package final class DirectoryWatch: Sendable {
    private let path: String
    private let descriptor: SharedDescriptor
    /// The kernel's number of the watch on each directory.
    private let watches = Mutex<[String: Int32]>([:])

    /// - Parameter path: an absolute path.
    package init(_ path: String) throws(SystemCallError) {
        self.path = path
        let number = try systemCall("inotify_init1") { linnet_inotify_open() }
        descriptor = SharedDescriptor(adopting: number)
        try arm()
    }

    /// Calls `body` each time something may have changed, until the task is cancelled. The first call comes at once.
    package func forEachChange(_ body: () async throws -> Void) async throws {
        try await body()
        for await _ in Reactor.shared.readiness(of: descriptor) {
            guard drain() else { continue }
            try arm()
            try await body()
        }
    }

    /// Reads the events there are. Returns whether there were any.
    private func drain() -> Bool {
        let capacity = 64
        var any = false
        var events = [linnet_watch_event](repeating: linnet_watch_event(), count: capacity)
        while true {
            let count = unsafe linnet_inotify_read(descriptor.rawValue, &events, Int32(capacity))
            guard count > 0 else { return any }
            any = true
            for event in events.prefix(Int(count)) where event.ended != 0 {
                watches.withLock { watches in
                    watches = watches.filter { $0.value != event.watch }
                }
                // A directory that was moved away is still watched; of one that was deleted this is known already.
                _ = linnet_inotify_unwatch(descriptor.rawValue, event.watch)
            }
        }
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
                watch = try systemCall("inotify_add_watch", on: directory) {
                    unsafe linnet_inotify_watch(descriptor.rawValue, directory)
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
            if let old, old != watch { _ = linnet_inotify_unwatch(descriptor.rawValue, old) }
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
