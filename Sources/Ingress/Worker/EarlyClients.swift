import Synchronization

/// How many clients all threads of the proxy have together that came before it was to stop. As long as one of them is busy
/// the threads go on taking clients, who would otherwise wait in the sockets for the next agent.
final class EarlyClients: Sendable {
    private let count = Atomic(0)

    var isZero: Bool { count.load(ordering: .relaxed) == 0 }

    /// A thread has more of them now, or fewer.
    func change(by difference: Int) { count.add(difference, ordering: .relaxed) }
}
