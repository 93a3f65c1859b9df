package import Dispatch
import LinuxSystem
package import NIOCore
import Synchronization

/// The event loop that NIO's handlers see: it keeps what they want done, and a loop of ours does it between its rounds. It
/// has no thread: it belongs to the one on which it was made.
package final class LoopEventLoop: EventLoop, CustomStringConvertible {
    package let description = "LoopEventLoop"

    private let thread = CurrentThread.identity
    private let wake: @Sendable () -> Void
    private let tasks = Mutex(LoopTasks())
    /// Whether there is something to do at once, so that asking costs no lock.
    private let isReady = Atomic(false)
    /// In nanoseconds.
    private let time: Atomic<UInt64>
    private let serverName = Mutex<String?>(nil)

    /// - Parameters:
    ///   - now: the time, from a beginning that is the same in all calls.
    ///   - wake: is called on another thread which has left something to do: there must be a round soon.
    package init(now: Duration, wake: @escaping @Sendable () -> Void = {}) {
        time = Atomic(NIODeadline(now).uptimeNanoseconds)
        self.wake = wake
    }

    // MARK: - For the loop

    /// Does what is to be done by now, and what that wants done at once.
    package func runDue(now: Duration) {
        let now = NIODeadline(now)
        time.store(now.uptimeNanoseconds, ordering: .relaxed)
        isReady.store(false, ordering: .relaxed)
        for body in tasks.withLock({ $0.takeDue(now) }) { body() }
        runReady()
    }

    /// Does what is to be done at once.
    package func runReady() {
        while isReady.exchange(false, ordering: .acquiring) {
            for body in tasks.withLock({ $0.takeReady() }) { body() }
        }
    }

    /// When `runDue` is to be called at the latest; nil for never.
    package var nextDeadline: Duration? {
        if isReady.load(ordering: .relaxed) { return .nanoseconds(Int64(time.load(ordering: .relaxed))) }
        return tasks.withLock(\.nextTime).map { .nanoseconds(Int64($0.uptimeNanoseconds)) }
    }

    /// The thread ends: what is to be done at once is done, what has a time is not.
    package func end() {
        runReady()
        for cancel in tasks.withLock({ $0.removeAll() }) { cancel() }
        runReady()
    }

    // MARK: - For handshakes

    /// Notes the name that the client of the handshake now at work asks for.
    func note(serverName name: String) { serverName.withLock { $0 = name } }

    /// Takes the name that was noted last.
    func takeServerName() -> String? { serverName.withLock { $0.take() } }

    // MARK: - For NIO

    package var inEventLoop: Bool { CurrentThread.identity == thread }

    package var now: NIODeadline { .uptimeNanoseconds(time.load(ordering: .relaxed)) }

    package func execute(_ task: @escaping @Sendable () -> Void) {
        tasks.withLock { $0.add(task) }
        isReady.store(true, ordering: .releasing)
        if !inEventLoop { wake() }
    }

    @discardableResult
    package func scheduleTask<Value>(
        deadline: NIODeadline,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        let promise = makePromise(of: Value.self)
        let body: LoopTasks.Body = {
            do { promise.assumeIsolated().succeed(try task()) } catch { promise.fail(error) }
        }
        let number = tasks.withLock {
            $0.add(at: deadline, body, cancel: { promise.fail(EventLoopError.cancelled) })
        }
        if !inEventLoop { wake() }
        return Scheduled(promise: promise) { [weak self] in
            self?.tasks.withLock { $0.remove(number, at: deadline) }
        }
    }

    @discardableResult
    package func scheduleTask<Value>(
        in delay: TimeAmount,
        _ task: @escaping @Sendable () throws -> Value
    ) -> Scheduled<Value> {
        scheduleTask(deadline: now + delay, task)
    }

    /// Nothing of its own is to be shut down: the thread ends when its loop does.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}

extension NIODeadline {
    /// A time of a loop.
    package init(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        self = .uptimeNanoseconds(UInt64(max(0, seconds)) * 1_000_000_000 + UInt64(max(0, attoseconds)) / 1_000_000_000)
    }
}
