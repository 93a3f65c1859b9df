import LinuxSystem
import Synchronization
import Testing

/// What is known of the numbers of two threads.
@Suite struct LoopReportsTests {
    /// Asks the threads, which answer with these numbers; nil does not answer.
    private func gather(_ reports: LoopReports<Int>, _ answers: [Int?]) async -> [Int] {
        // What hangs has its question, and never answers it.
        let held = Mutex<[LoopQuestion<Int>]>([])
        let patience = answers.contains(nil) ? Duration.milliseconds(5) : .seconds(60)
        return await reports.gather(within: patience) { loop, question in
            if let number = answers[loop] {
                question.answer(number)
            } else {
                held.withLock { $0.append(question) }
            }
        }
    }

    @Test func `what a thread told last is told while it hangs`() async {
        let reports = LoopReports<Int>(loops: 2)
        #expect(await gather(reports, [1, 2]) == [1, 2])
        #expect(await gather(reports, [3, nil]) == [3, 2])
        #expect(await gather(reports, [nil, 4]) == [3, 4])
        #expect(await gather(reports, [5, 6]) == [5, 6])
    }

    @Test func `of a thread that never told anything nothing is told`() async {
        #expect(await gather(LoopReports<Int>(loops: 2), [nil, 7]) == [7])
    }

    @Test func `a question that nobody can answer is not waited for`() async {
        let reports = LoopReports<Int>(loops: 1)
        let found = await reports.gather(within: .seconds(60)) { _, _ in }
        #expect(found.isEmpty)
    }

    @Test func `no more questions wait than a thread can owe`() {
        var questions: [LoopQuestion<Int>] = []
        for _ in 0..<1000 { LoopQuestion { _ in }.wait(among: &questions) }
        #expect(questions.count == 16)
    }
}
