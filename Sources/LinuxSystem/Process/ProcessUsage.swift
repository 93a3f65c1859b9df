internal import Glibc

/// What this process takes of the machine.
package struct ProcessUsage: Hashable, Sendable {
    /// User and system time, in seconds.
    package let processorSeconds: Double
    package let virtualBytes: UInt64
    package let residentBytes: UInt64
    /// When it started, in seconds since boot.
    package let start: Double

    /// - Parameters:
    ///   - text: of the form of /proc/<pid>/stat (proc_pid_stat(5)).
    ///   - ticks: clock ticks a second.
    ///   - pageSize: in bytes.
    package init?(parsing text: String, ticks: Double, pageSize: UInt64) {
        // The second field is the name, which may hold anything; fields 14, 15, 22, 23 and 24 are wanted.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let size = UInt64(fields[20]), let pages = UInt64(fields[21])
        else { return nil }
        processorSeconds = (user + system) / ticks
        virtualBytes = size
        residentBytes = pages &* pageSize
        self.start = start / ticks
    }

    /// As it is now.
    package static func current() -> ProcessUsage? {
        guard let text = try? Files.readText("/proc/self/stat") else { return nil }
        let pageSize = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        return ProcessUsage(parsing: text, ticks: Double(sysconf(Int32(_SC_CLK_TCK))), pageSize: pageSize)
    }

    /// How many descriptors are open, and how many may be.
    package static func descriptors() -> (open: Int, limit: UInt64)? {
        guard let number = try? Files.list("/proc/self/fd").count else { return nil }
        // One is of the look itself.
        return (number - 1, ProcessFacts.mostDescriptors)
    }
}
