import LinuxSystem
import NetworkTypes

/// The file that names the servers which others' names are asked of, read again whenever it changes.
struct ResolverFile: Sendable {
    let path: ResolverPath
    /// Where we answer ourselves.
    let own: Set<IPAddress>

    /// What stands in it now, and the file in which it stands: behind a resolver of the host that is another one.
    func read() throws(SystemCallError) -> (configuration: ResolverConfiguration, path: String) {
        let path = path.current
        let configuration = ResolverConfiguration(parsing: try Files.readText(path), own: own)
        guard configuration.isHidden else { return (configuration, path) }
        let hidden = ResolverConfiguration.hiddenServersPath
        guard let text = try? Files.readText(hidden) else { return (configuration, path) }
        return (ResolverConfiguration(parsing: text, own: own), hidden)
    }

    /// Calls `body` whenever the path is another one, or the file, what it leads to, or the one behind it may have changed,
    /// until the task is cancelled.
    func forEachChange(_ body: @escaping @Sendable () -> Void) async throws {
        while !Task.isCancelled {
            let watches = try watches()
            try await withThrowingDiscardingTaskGroup { group in
                for watch in watches {
                    group.addTask { try await watch.forEachChange { body() } }
                }
                for await _ in path.changes { break }
                group.cancelAll()
            }
        }
    }

    /// Programs replace the file rather than write it: the directories tell.
    private func watches() throws(SystemCallError) -> [DirectoryWatch] {
        let path = path.current
        let files = [path, Self.target(of: path), ResolverConfiguration.hiddenServersPath]
        var watches: [DirectoryWatch] = []
        for directory in Set(files.map(Self.directory)) { watches.append(try DirectoryWatch(directory)) }
        return watches
    }

    /// What a symbolic link leads to, or the path itself.
    private static func target(of path: String) -> String {
        guard let target = try? Files.linkTarget(path) else { return path }
        return target.hasPrefix("/") ? target : "\(directory(of: path))/\(target)"
    }

    private static func directory(of path: String) -> String {
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return parent.isEmpty ? "/" : parent
    }
}

extension ResolverConfiguration {
    /// What is wrong with it, for people; nil if there is a server to be asked.
    func complaint(in path: String) -> String? {
        guard upstreams.isEmpty else { return nil }
        let reasons = leftOut.map { "\($0.text): \($0.reason)" }.joined(separator: ", ")
        let found = leftOut.isEmpty ? "it names no server" : reasons
        return "\(path) has no server to ask for names outside the cluster (\(found)): name one in it, or in another"
            + " --resolv-conf"
    }
}
