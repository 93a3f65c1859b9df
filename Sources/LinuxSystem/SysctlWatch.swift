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

    private let descriptor: SharedDescriptor
    private let watched = Mutex<[SysctlName: Watched]>([:])

    package init() throws(SystemCallError) {
        descriptor = SharedDescriptor(adopting: try systemCall("inotify_init1") { linnet_inotify_open() })
    }

    /// Watches exactly these, as they are in the network namespace of the calling thread. One that does not exist is left
    /// out; one whose interface was deleted and made again is another file, so call it again then.
    package func watch(_ names: some Sequence<SysctlName>) {
        watched.withLock { watched in
            var new: [SysctlName: Watched] = [:]
            for name in names { new[name] = open(name) }
            let kept = Set(new.values.map(\.watch))
            for old in watched.values where !kept.contains(old.watch) {
                _ = linnet_inotify_unwatch(descriptor.rawValue, old.watch)
            }
            watched = new
        }
    }

    /// Calls `body` after writes, until the task is cancelled.
    package func forEachChange(_ body: () async throws -> Void) async throws {
        for await _ in Reactor.shared.readiness(of: descriptor) where drain() { try await body() }
    }

    private func open(_ name: SysctlName) -> Watched? {
        let number = unsafe Glibc.open(Sysctl.file(name), O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let file = SharedDescriptor(adopting: number)
        // The same file gets the same number again.
        let watch = linnet_inotify_watch_writes(descriptor.rawValue, number)
        return watch < 0 ? nil : Watched(file: file, watch: watch)
    }

    /// Reads the events there are. Returns whether there were any.
    private func drain() -> Bool {
        var any = false
        var events = [linnet_watch_event](repeating: linnet_watch_event(), count: 64)
        while unsafe linnet_inotify_read(descriptor.rawValue, &events, Int32(events.count)) > 0 { any = true }
        return any
    }
}
