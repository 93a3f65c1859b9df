import Synchronization

/// How many clients all threads of the proxy have together: as long as one of them is busy the others go on taking clients,
/// who would otherwise wait in the sockets for the next agent.
final class ClientCount: Sendable {
    private let count = Atomic(0)

    var isZero: Bool { count.load(ordering: .relaxed) == 0 }

    /// A thread has more clients now, or fewer.
    func change(by difference: Int) { count.add(difference, ordering: .relaxed) }
}
