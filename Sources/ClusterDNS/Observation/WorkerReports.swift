import Synchronization

/// Gathers what the threads have counted, and keeps it for the time that one of them does not answer: numbers that only grow
/// would seem to begin again otherwise.
final class WorkerReports: Sendable {
    private let told: Mutex<[WorkerReport?]>
    private let workers: Int

    init(workers: Int) {
        self.workers = workers
        told = Mutex(Array(repeating: nil, count: workers))
    }

    /// The newest report of each thread; of one that does not answer in time the last one, if there ever was one.
    ///
    /// - Parameter ask: hands a request to the thread of this number.
    func gather(
        within patience: Duration,
        asking ask: (Int, WorkerReportRequest) -> Void
    ) async -> [WorkerReport] {
        let (answers, answer) = AsyncStream.makeStream(of: (worker: Int, report: WorkerReport?).self)
        for worker in 0..<workers { ask(worker, WorkerReportRequest { answer.yield((worker, $0)) }) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.take(answers) }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return told.withLock { $0 }.compactMap(\.self)
    }

    /// Returns when all have answered, or when it is cancelled.
    private func take(_ answers: AsyncStream<(worker: Int, report: WorkerReport?)>) async {
        var missing = workers
        for await (worker, report) in answers {
            if let report { told.withLock { $0[worker] = report } }
            missing -= 1
            if missing == 0 { break }
        }
    }
}
