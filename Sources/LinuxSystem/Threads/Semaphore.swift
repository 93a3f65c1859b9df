internal import CLinux
internal import Glibc

/// A counting semaphore; posting it costs a system call only if a thread waits.
@safe
final class Semaphore: @unchecked Sendable {
    // sem_t must not move and is made to be used from several threads at once.
    private let semaphore: UnsafeMutablePointer<sem_t>

    init() {
        unsafe semaphore = .allocate(capacity: 1)
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func signal() {
        unsafe sem_post(semaphore)
    }

    func wait() {
        while unsafe sem_wait(semaphore) == -1, Errno.current == .interrupted {}
    }

    /// Waits no longer than this, and answers whether the semaphore was posted.
    func wait(atMost limit: Duration) -> Bool {
        let milliseconds = limit / .milliseconds(1)
        return unsafe linnet_semaphore_wait(semaphore, Int64(milliseconds)) == 0
    }
}
