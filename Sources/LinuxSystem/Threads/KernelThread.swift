internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread with a queue of jobs: a serial executor for actors whose calls block in the kernel, and a task executor
/// for work that must not share the two threads of the pool. `/proc/self/task/*/comm` shows its name.
package final class KernelThread: SerialExecutor, TaskExecutor {
    /// At most 15 bytes of it are the thread's name.
    package let name: String
    private let queue = RunQueue()

    /// Makes the executor; its thread starts with the first job.
    package init(name: String) {
        self.name = name
    }

    deinit {
        queue.stop()
    }

    /// Ends the thread as soon as its queue is empty. A job that comes later starts it anew, because a job that is
    /// dropped would leave its task waiting for ever.
    package func stop() {
        queue.stop()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        // Each job keeps its executor alive until it has run: the task itself does not.
        let item = RunQueue.Item(job: UnownedJob(job), executor: self)
        guard queue.append(item) else { return }
        let queue = queue
        let name = name
        detachThread {
            unsafe linnet_name_thread(name)
            // An overflow of this thread's stack is recorded as a crash of it.
            let signalStack = unsafe linnet_signal_stack_install()
            queue.work()
            unsafe linnet_signal_stack_remove(signalStack)
        }
    }

    package func checkIsolated() {
        precondition(queue.isCurrentThread, "not on the thread \(name)")
    }
}

/// The queue between those who enqueue and the thread that works it off.
private final class RunQueue: Sendable {
    struct Item: Sendable {
        let job: UnownedJob
        let executor: KernelThread
    }

    private struct State {
        var items: [Item] = []
        var hasThread = false
        var isStopping = false
        /// The kernel's number of the thread, 0 before it runs.
        var thread: Int32 = 0
    }

    private let state = Mutex(State())
    private let available = Semaphore()

    var isCurrentThread: Bool { state.withLock { $0.thread } == linnet_thread_id() }

    /// Appends a job and answers whether a thread has to be started for it.
    func append(_ item: Item) -> Bool {
        let needsThread = state.withLock { state in
            state.items.append(item)
            defer { state.hasThread = true }
            return !state.hasThread
        }
        available.signal()
        return needsThread
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        available.signal()
    }

    /// The body of the thread.
    func work() {
        state.withLock { $0.thread = linnet_thread_id() }
        while let batch = next() {
            for item in batch {
                unsafe item.job.runSynchronously(
                    isolatedTo: item.executor.asUnownedSerialExecutor(),
                    taskExecutor: item.executor.asUnownedTaskExecutor()
                )
            }
        }
    }

    /// Waits for jobs; nil when the thread has to end.
    private func next() -> [Item]? {
        while true {
            let (batch, ends) = state.withLock { state -> ([Item], Bool) in
                if state.items.isEmpty, state.isStopping {
                    state.isStopping = false
                    state.hasThread = false
                    state.thread = 0
                    return ([], true)
                }
                defer { state.items = [] }
                return (state.items, false)
            }
            if ends { return nil }
            if !batch.isEmpty { return batch }
            available.wait()
        }
    }
}
