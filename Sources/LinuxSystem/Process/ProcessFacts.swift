internal import Glibc

/// What the process can find out about itself and its host.
package enum ProcessFacts {
    package static var processID: Int32 { getpid() }

    /// How many processors the process may run on: fewer than the host's if it was given only some.
    package static func processorCount() throws(SystemCallError) -> Int {
        let status = try Files.readText("/proc/self/status")
        return count(ofProcessors: field("Cpus_allowed", in: status) ?? "")
    }

    /// How many descriptors the process may have open.
    package static var mostDescriptors: UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return UInt64(limit.rlim_cur)
    }

    /// Lets the process have as many descriptors open as it may at all: shells and services begin with 1,024 for the sake of
    /// programs that call select(2).
    package static func allowAllDescriptors() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(resource, &limit)
    }

    /// The machine's memory in octets.
    package static var memory: UInt64 {
        UInt64(clamping: sysconf(Int32(_SC_PHYS_PAGES))) &* UInt64(clamping: sysconf(Int32(_SC_PAGESIZE)))
    }

    /// How many bits are set in a mask as the kernel writes it: hexadecimal words of 32 bits, the highest first.
    static func count(ofProcessors mask: some StringProtocol) -> Int {
        max(1, mask.split(separator: ",").compactMap { UInt32($0, radix: 16)?.nonzeroBitCount }.reduce(0, +))
    }

    /// A field of proc_pid_status(5).
    private static func field(_ name: String, in status: String) -> Substring? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("\(name):") }) else { return nil }
        return line.dropFirst(name.count + 1).drop(while: \.isWhitespace)
    }

    /// The host's name up to its first dot, as Kubernetes names nodes by default.
    package static func hostName() -> String {
        let text = (try? Files.readText("/proc/sys/kernel/hostname")) ?? ""
        return String(text.prefix { $0 != "." && !$0.isWhitespace })
    }

    /// The seconds since the machine started.
    package static func uptime() throws(SystemCallError) -> Double {
        let text = try Files.readText("/proc/uptime")
        return Double(text.prefix { $0 != " " }) ?? 0
    }

    /// The path of the running program.
    package static func executablePath() throws(SystemCallError) -> String {
        try Files.linkTarget("/proc/self/exe")
    }

    /// The name of a process, at most 15 bytes; nil if it is gone.
    package static func name(ofProcess id: UInt32) -> String? {
        guard let text = try? Files.readText("/proc/\(id)/comm") else { return nil }
        return String(text.prefix { $0 != "\n" })
    }

    /// Whether the process may do what the capability allows (the numbers of linux/capability.h).
    package static func has(_ capability: LinuxCapability) throws(SystemCallError) -> Bool {
        let status = try Files.readText("/proc/self/status")
        guard let text = field("CapEff", in: status), let effective = UInt64(text, radix: 16) else { return false }
        return effective >> UInt64(capability.rawValue) & 1 == 1
    }
}

/// The kernel's privileges that Linnet needs; the raw value is the number in linux/capability.h.
package enum LinuxCapability: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case netBindService = 10
    case netAdmin = 12
    case netRaw = 13

    package var description: String {
        switch self {
        case .netBindService: "CAP_NET_BIND_SERVICE"
        case .netAdmin: "CAP_NET_ADMIN"
        case .netRaw: "CAP_NET_RAW"
        }
    }
}
