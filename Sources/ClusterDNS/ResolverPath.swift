import Synchronization

/// The path of the file that names the servers for names outside the cluster. It can be changed while the agent runs.
package final class ResolverPath: Sendable {
    private let path: Mutex<String>
    private let changed: AsyncStream<Void>.Continuation
    /// Says that the path is another one. For one reader.
    let changes: AsyncStream<Void>

    package init(_ path: String) {
        self.path = Mutex(path)
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package var current: String { path.withLock { $0 } }

    package func change(to new: String) {
        let isNew = path.withLock { path in
            defer { path = new }
            return path != new
        }
        if isNew { changed.yield() }
    }
}
