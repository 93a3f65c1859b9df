import LinuxSystem

/// One agent a network namespace: it holds an abstract socket, which `linnet reset` takes too.
enum NamespaceLock {
    static let name = "linnet"

    /// Takes the lock. After a kill the kernel may still take the agent before this one apart, which is waited for.
    ///
    /// - Throws: `NamespaceTaken` after a second, `SystemCallError`.
    static func take() async throws -> AbstractSocketLock {
        let start = ContinuousClock.now
        while true {
            do throws(SystemCallError) {
                return try AbstractSocketLock.acquire(name)
            } catch {
                guard error.errno == .addressInUse else { throw error }
                guard start.duration(to: .now) < .seconds(1) else { throw NamespaceTaken() }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}

/// Somebody else has the lock. That passes with the holder, who may be anybody in the namespace and need no privilege: so it
/// is no reason for a service manager to give up, and the message leads to the culprit.
struct NamespaceTaken: Error, CustomStringConvertible {
    private let holder = SocketHolder.ofAbstractName(NamespaceLock.name)

    var description: String {
        let culprit = holder.map(\.description) ?? "a process that cannot be seen from here"
        return "the socket @\(NamespaceLock.name), which one agent a network namespace holds, is held by \(culprit):"
            + " stop it, or run this agent in a namespace of its own"
    }
}
