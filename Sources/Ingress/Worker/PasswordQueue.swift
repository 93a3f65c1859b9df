import LinuxSystem
import Synchronization

/// Passwords that wait to be compared with a hash, which takes so long that it is done on a thread that serves nobody.
final class PasswordQueue: Sendable {
    private struct Work: Sendable {
        let check: PasswordCheck
        let client: StreamID
        let mailbox: ProxyMailbox
    }

    /// The most that wait: those who guess passwords come by the thousand.
    private static let most = 256

    private let work: AsyncStream<Work>
    private let workers: AsyncStream<Work>.Continuation
    private let waiting = Atomic(0)

    init() {
        (work, workers) = AsyncStream.makeStream(of: Work.self)
    }

    /// Has a password compared, and the outcome put into the mailbox. Returns false if too many wait already.
    func compare(_ check: PasswordCheck, for client: StreamID, answering mailbox: ProxyMailbox) -> Bool {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.most else {
            waiting.subtract(1, ordering: .relaxed)
            return false
        }
        workers.yield(Work(check: check, client: client, mailbox: mailbox))
        return true
    }

    /// Compares what comes until the task is cancelled.
    func run() async {
        let thread = KernelThread(name: "linnet-passwords")
        await withTaskExecutorPreference(thread) {
            for await next in work {
                let isRight = next.check.isRight()
                waiting.subtract(1, ordering: .relaxed)
                next.mailbox.put { $0.checked.append(CheckedPassword(client: next.client, isRight: isRight)) }
            }
        }
        thread.stop()
    }
}

/// What came of comparing a password.
struct CheckedPassword: Sendable {
    /// Whose request waited for it.
    let client: StreamID
    let isRight: Bool
}
