internal import Glibc

/// What the process can find out about itself and its host.
package enum ProcessFacts {
    package static var processID: Int32 { getpid() }

    /// The processors that are on line.
    package static var processorCount: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }

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
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let effective = UInt64(line.dropFirst("CapEff:".count).drop(while: \.isWhitespace), radix: 16)
        else {
            return false
        }
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
