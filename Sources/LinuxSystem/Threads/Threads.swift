internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread that does one piece of work and is waited for.
enum ThrowawayThread {
    static func run<Result: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The closure does not outlive this call, because the thread is joined before it ends.
        try withoutActuallyEscaping(body) { (body) throws(Failure) -> Result in
            let work = Work<Result, Failure>(body)
            let thread = startThread { work.perform() }
            pthread_join(thread, nil)
            return try work.result()
        }
    }

    private final class Work<Result: Sendable, Failure: Error>: Sendable {
        private let body: @Sendable () throws(Failure) -> Result
        private let outcome = Mutex<Swift.Result<Result, Failure>?>(nil)

        init(_ body: @escaping @Sendable () throws(Failure) -> Result) {
            self.body = body
        }

        func perform() {
            let outcome: Swift.Result<Result, Failure>
            do throws(Failure) {
                outcome = .success(try body())
            } catch {
                outcome = .failure(error)
            }
            self.outcome.withLock { $0 = outcome }
        }

        func result() throws(Failure) -> Result {
            guard let outcome = outcome.withLock({ $0 }) else {
                preconditionFailure("the thread was joined before its work was done")
            }
            return try outcome.get()
        }
    }
}

/// Starts a thread. It is to be joined or detached.
///
/// Traps when the system has no thread left, since nobody above could go on without.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    let context = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    var thread = pthread_t()
    let code = unsafe pthread_create(
        &thread,
        nil,
        { pointer in
            if let pointer = unsafe pointer {
                unsafe Unmanaged<ThreadBody>.fromOpaque(pointer).takeRetainedValue().body()
            }
            return nil
        },
        context
    )
    precondition(code == 0, "pthread_create: \(Errno(rawValue: code))")
    return thread
}

/// The thread that calls.
package enum CurrentThread {
    /// Names it as a crash of it, `ps -L` and `/proc` will: at most 15 bytes count.
    package static func take(name: String) {
        unsafe linnet_name_thread(name)
    }

    /// What no other thread has while this one lives.
    package static var identity: UInt { UInt(pthread_self()) }
}

/// Starts a thread that nobody waits for.
func detachThread(_ body: @escaping @Sendable () -> Void) {
    pthread_detach(startThread(body))
}

private final class ThreadBody: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
    }
}
