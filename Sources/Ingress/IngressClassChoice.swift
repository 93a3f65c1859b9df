import Synchronization

/// Which ingress classes are served. It can be changed while the agent runs.
package final class IngressClassChoice: Sendable {
    private let names: Mutex<Set<String>>
    private let changed: AsyncStream<Void>.Continuation
    /// Says that the names are others. For one reader.
    let changes: AsyncStream<Void>

    package init(_ names: Set<String>) {
        self.names = Mutex(names)
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package var current: Set<String> { names.withLock { $0 } }

    package func change(to new: Set<String>) {
        let isNew = names.withLock { names in
            defer { names = new }
            return names != new
        }
        if isNew { changed.yield() }
    }
}
