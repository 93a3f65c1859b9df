import Synchronization

/// Which servers are asked for names outside the cluster. It can be changed while the agent runs.
package struct NameServerSettings: Sendable, Equatable {
    /// The file that names them.
    package var file: String
    /// Those that are asked instead, unless there are none.
    package var servers: [Upstream]
    /// The authority of those that are spoken to over TLS; nil for the system's.
    package var authorityFile: String?

    package init(file: String = "/etc/resolv.conf", servers: [Upstream] = [], authorityFile: String? = nil) {
        self.file = file
        self.servers = servers
        self.authorityFile = authorityFile
    }
}

/// The settings in force.
package final class NameServerChoice: Sendable {
    private let settings: Mutex<NameServerSettings>
    private let changed: AsyncStream<Void>.Continuation
    /// Says that the settings are others. For one reader.
    let changes: AsyncStream<Void>

    package init(_ settings: NameServerSettings) {
        self.settings = Mutex(settings)
        (changes, changed) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    package var current: NameServerSettings { settings.withLock { $0 } }

    package func change(to new: NameServerSettings) {
        let isNew = settings.withLock { settings in
            defer { settings = new }
            return settings != new
        }
        if isNew { changed.yield() }
    }
}
