import LinuxSystem
import Synchronization

/// Hears of changes to our files and settings, which no socket of the kernel tells.
final class HostWatch: Sendable {
    private let directories: [DirectoryWatch]
    private let settings: SysctlWatch
    private let namespace: NetworkNamespace?
    private let watched = Mutex<UInt64?>(nil)

    /// - Parameter namespace: whose settings are watched; nil is this process's own.
    init(_ configuration: OverlayConfiguration, namespace: NetworkNamespace?) throws(SystemCallError) {
        var directories: [DirectoryWatch] = []
        for path in configuration.directories { directories.append(try DirectoryWatch(path)) }
        self.directories = directories
        settings = try SysctlWatch()
        self.namespace = namespace
    }

    /// Watches these settings from now on, unless it does since this number. Returns whether it had to begin.
    func watch(_ rules: [SysctlRule], number: UInt64) throws -> Bool {
        let isNew = watched.withLock { watched in
            defer { watched = number }
            return watched != number
        }
        guard isNew else { return false }
        let names = Set(rules.flatMap(\.names))
        if let namespace {
            try namespace.run { self.settings.watch(names) }
        } else {
            settings.watch(names)
        }
        return true
    }

    /// Calls `body` each time something may have changed, until the task is cancelled.
    func forEachChange(_ body: @escaping @Sendable () -> Void) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for directory in directories { group.addTask { try await directory.forEachChange(body) } }
            group.addTask { [settings] in try await settings.forEachChange(body) }
        }
    }
}

extension OverlayConfiguration {
    /// The directories of our files.
    fileprivate var directories: Set<String> {
        let slash = subnetFile.lastIndex(of: "/") ?? subnetFile.startIndex
        let parent = String(subnetFile[..<slash])
        return [parent.isEmpty ? "/" : parent, cniConfigurationDirectory]
    }
}

extension SysctlRule {
    /// The setting, and what else decides whether it is right.
    fileprivate var names: [SysctlName] {
        if case .notStrict(let all) = requirement { [name, all] } else { [name] }
    }
}
