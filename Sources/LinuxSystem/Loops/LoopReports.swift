internal import Synchronization

/// Gathers what the threads of loops tell of themselves, and keeps it for the time that one of them does not answer: numbers
/// that only grow would seem to begin again otherwise.
package final class LoopReports<Report: Sendable>: Sendable {
    private let told: Mutex<[Report?]>
    private let loops: Int

    package init(loops: Int) {
        self.loops = loops
        told = Mutex(Array(repeating: nil, count: loops))
    }

    /// The newest report of each thread; of one that does not answer in time the last one, if there ever was one.
    ///
    /// - Parameter ask: leaves a question for the thread of this number.
    package func gather(
        within patience: Duration,
        asking ask: (Int, LoopQuestion<Report>) -> Void
    ) async -> [Report] {
        let (answers, answer) = AsyncStream.makeStream(of: (loop: Int, report: Report?).self)
        for loop in 0..<loops { ask(loop, LoopQuestion { answer.yield((loop, $0)) }) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.take(answers) }
            group.addTask { try? await Task.sleep(for: patience) }
            await group.next()
            group.cancelAll()
        }
        return told.withLock { $0 }.compactMap(\.self)
    }

    /// Returns when all have answered, or when it is cancelled.
    private func take(_ answers: AsyncStream<(loop: Int, report: Report?)>) async {
        var missing = loops
        for await (loop, report) in answers {
            if let report { told.withLock { $0[loop] = report } }
            missing -= 1
            if missing == 0 { break }
        }
    }
}

/// A question for a thread's report, left in its mailbox. It is answered once: at the latest, and then without the report,
/// when nobody can answer it any more.
package final class LoopQuestion<Report: Sendable>: Sendable {
    private let reply: Mutex<(@Sendable (Report?) -> Void)?>

    /// - Parameter reply: is told the report, or nil if nobody has it.
    package init(_ reply: @escaping @Sendable (Report?) -> Void) {
        self.reply = Mutex(reply)
    }

    deinit { answer(nil) }

    /// The most that wait for a thread, which answers none of them while it hangs.
    package static var most: Int { 16 }

    /// Adds it to those that wait for the thread, unless they are too many.
    package func wait(among questions: inout [LoopQuestion]) {
        if questions.count < Self.most { questions.append(self) }
    }

    package func answer(_ report: Report?) {
        let reply = reply.withLock { reply in
            defer { reply = nil }
            return reply
        }
        reply?(report)
    }
}
