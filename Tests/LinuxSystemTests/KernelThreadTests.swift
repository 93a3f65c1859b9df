import LinuxSystem
import Testing

@Suite(.timeLimit(.minutes(1))) struct KernelThreadTests {
    /// Lives on a thread of its own.
    private actor Resident {
        private let thread: KernelThread
        private var order: [Int] = []

        nonisolated var unownedExecutor: UnownedSerialExecutor { thread.isolation }

        init(on thread: KernelThread) { self.thread = thread }

        func threadName() throws -> String { try Files.readText("/proc/thread-self/comm") }
        func threadIdentity() -> UInt { CurrentThread.identity }
        func note(_ number: Int) { order.append(number) }
        func numbers() -> [Int] { order }
    }

    @Test(arguments: [("linnet-nft", "linnet-nft\n"), ("a-name-of-seventeen", "a-name-of-seven\n"), ("é", "é\n")])
    func `an actor's calls run on the thread of its name`(name: String, comm: String) async throws {
        let resident = Resident(on: KernelThread(name: name))
        #expect(try await resident.threadName() == comm)
    }

    @Test func `threads are told apart, and each stays the same`() async {
        let (one, other) = (Resident(on: KernelThread(name: "one")), Resident(on: KernelThread(name: "other")))
        let first = await one.threadIdentity()
        #expect(await one.threadIdentity() == first)
        #expect(await other.threadIdentity() != first)
    }

    @Test func `tasks that prefer the thread run on it, their children too`() async throws {
        let names = try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask(executorPreference: KernelThread(name: "preferred")) {
                async let child = Files.readText("/proc/thread-self/comm")
                return [try Files.readText("/proc/thread-self/comm"), try await child]
            }
            return try await group.next()
        }
        #expect(names == ["preferred\n", "preferred\n"])
    }

    @Test func `jobs run one after the other`() async {
        let resident = Resident(on: KernelThread(name: "in-order"))
        await withDiscardingTaskGroup { group in
            for number in 0..<100 { group.addTask { await resident.note(number) } }
        }
        #expect(await resident.numbers().sorted() == Array(0..<100))
    }

    @Test func `a thread that was stopped starts anew for a late job`() async throws {
        let thread = KernelThread(name: "stopped")
        let resident = Resident(on: thread)
        for round in 1...20 {
            #expect(try await resident.threadName() == "stopped\n")
            thread.stop()
            if round.isMultiple(of: 2) { try await untilGone("stopped\n") }
        }
    }

    @Test func `the thread ends with the last who holds it`() async throws {
        _ = try await Resident(on: KernelThread(name: "abandoned")).threadName()
        try await untilGone("abandoned\n")
    }

    /// A thread ends by itself, soon after its last job.
    private func untilGone(_ name: String) async throws {
        while try Files.list("/proc/self/task").contains(where: {
            (try? Files.readText("/proc/self/task/\($0)/comm")) == name
        }) {
            await Task.yield()
        }
    }
}
