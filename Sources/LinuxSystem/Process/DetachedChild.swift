internal import CLinux
internal import Glibc

/// A copy of this process that does one piece of work after which nobody waits for it.
package enum DetachedChild {
    /// Runs `body` in a child process that ends with it, and returns at once.
    ///
    /// For programs with one thread, as others do not live on in the child with what they have locked.
    package static func run(_ body: () -> Void) throws(SystemCallError) {
        guard try systemCall("fork", { linnet_fork_detached() }) == 0 else { return }
        body()
        // Not exit: what the parent has buffered is the parent's to write.
        _exit(0)
    }
}
