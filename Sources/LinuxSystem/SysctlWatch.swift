internal import CLinux
internal import Glibc
internal import Synchronization

/// Tells when somebody writes to kernel settings through the mount of /proc that this process sees.
///
/// The kernel makes the files under /proc/sys as they are looked up, and no watch on a directory notices them. A file
/// that is held open stays the one that others find, so that a watch on it sees their writes. Writes through another
/// mount of /proc, as in a container, are writes to other files: those are not seen.
package final class SysctlWatch: Sendable {
    private struct Watched {
        let file: SharedDescriptor
        let watch: Int32
    }

    private let reader: FileEvents.Reader
    private let descriptor: SharedDescriptor
    private let watched = Mutex<[SysctlName: Watched]>([:])

    package init() throws(SystemCallError) {
        (reader, descriptor) = try FileEvents.shared.join()
    }

    deinit { FileEvents.shared.leave(reader) }

    /// Watches exactly these, as they are in the network namespace of the calling thread. One that does not exist is left
    /// out; one whose interface was deleted and made again is another file, so call it again then.
    package func watch(_ names: some Sequence<SysctlName>) {
        watched.withLock { watched in
            var new: [SysctlName: Watched] = [:]
            for name in names { new[name] = open(name) }
            let kept = Set(new.values.map(\.watch))
            for old in watched.values where !kept.contains(old.watch) {
                FileEvents.shared.unwatch(old.watch, of: reader)
            }
            watched = new
        }
    }

    /// Calls `body` after writes, until the task is cancelled.
    package func forEachChange(_ body: () async throws -> Void) async throws {
        let readiness = Reactor.shared.readiness(of: descriptor)
        // Another reader may have taken off the queue what came before we listened.
        if FileEvents.shared.takeNews(of: reader).isAny { try await body() }
        for await _ in readiness where FileEvents.shared.takeNews(of: reader).isAny { try await body() }
    }

    private func open(_ name: SysctlName) -> Watched? {
        let number = unsafe Glibc.open(Sysctl.file(name), O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = SharedDescriptor(adopting: number)
        // The same file gets the same number again.
        let watch = try? FileEvents.shared.watch(for: reader, on: "\(name)") { inotify in
            linnet_inotify_watch_writes(inotify, number)
        }
        return watch.map { Watched(file: file, watch: $0) }
    }
}
