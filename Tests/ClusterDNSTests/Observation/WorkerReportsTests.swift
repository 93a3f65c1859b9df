import Synchronization
import Testing

@testable import ClusterDNS

/// What is known of two threads' numbers. A report is known by the octets of its cache.
@Suite struct WorkerReportsTests {
    private static func report(_ octets: Int) -> WorkerReport {
        WorkerReport(
            observer: TrafficObserver(),
            forwarding: ForwarderStatistics(),
            cache: CacheCounts(),
            cacheBytes: octets,
            upstreams: []
        )
    }

    /// Asks the threads, which answer with these octets; nil does not answer.
    private func gather(_ reports: WorkerReports, _ answers: [Int?]) async -> [Int] {
        // What hangs has its question, and never answers it.
        let held = Mutex<[WorkerReportRequest]>([])
        let patience = answers.contains(nil) ? Duration.milliseconds(5) : .seconds(60)
        let found = await reports.gather(within: patience) { worker, request in
            if let octets = answers[worker] {
                request.answer(Self.report(octets))
            } else {
                held.withLock { $0.append(request) }
            }
        }
        return found.map(\.cacheBytes)
    }

    @Test func `what a thread told last is told while it hangs`() async {
        let reports = WorkerReports(workers: 2)
        #expect(await gather(reports, [1, 2]) == [1, 2])
        #expect(await gather(reports, [3, nil]) == [3, 2])
        #expect(await gather(reports, [nil, 4]) == [3, 4])
        #expect(await gather(reports, [5, 6]) == [5, 6])
    }

    @Test func `of a thread that never told anything nothing is told`() async {
        #expect(await gather(WorkerReports(workers: 2), [nil, 7]) == [7])
    }

    @Test func `a question that nobody can answer is not waited for`() async {
        let reports = WorkerReports(workers: 1)
        let found = await reports.gather(within: .seconds(60)) { _, _ in }
        #expect(found.isEmpty)
    }

    @Test func `a mailbox keeps no more questions than a thread can owe`() {
        let mailbox = WorkerMailbox(WorkerLetter())
        for _ in 0..<1000 { mailbox.ask(WorkerReportRequest { _ in }) }
        #expect(mailbox.take()?.reportRequests.count == 16)
    }
}
