import LinuxSystem
import NetworkTypes

/// The servers which others' names are asked of: those of a file, read again whenever it changes, or those that are set.
struct ResolverFile: Sendable {
    let choice: NameServerChoice
    /// Where we answer ourselves.
    let own: Set<IPAddress>

    /// More octets than these are no such file.
    private static let longest = 1 << 20

    /// What holds now, and the file in which it stands: behind a resolver of the host that is another one.
    func read() throws(SystemCallError) -> (configuration: ResolverConfiguration, path: String) {
        let settings = choice.current
        guard settings.servers.isEmpty else {
            return (ResolverConfiguration(of: settings.servers, own: own), "--dns-upstream")
        }
        let path = settings.file
        let configuration = ResolverConfiguration(parsing: try Files.readText(path, atMost: Self.longest), own: own)
        guard configuration.isHidden else { return (configuration, path) }
        let hidden = ResolverConfiguration.hiddenServersPath
        guard let text = try? Files.readText(hidden, atMost: Self.longest) else { return (configuration, path) }
        return (ResolverConfiguration(parsing: text, own: own), hidden)
    }

    /// Calls `body` whenever the settings are others, or the file, what it leads to, or the one behind it may have changed,
    /// until the task is cancelled.
    func forEachChange(_ body: @escaping @Sendable () -> Void) async throws {
        while !Task.isCancelled {
            let watches = try watches()
            try await withThrowingDiscardingTaskGroup { group in
                for watch in watches {
                    group.addTask { try await watch.forEachChange { body() } }
                }
                for await _ in choice.changes { break }
                group.cancelAll()
            }
        }
    }

    /// Programs replace the file rather than write it: the directories tell.
    private func watches() throws(SystemCallError) -> [DirectoryWatch] {
        let path = choice.current.file
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
