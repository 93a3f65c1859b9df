import Foundation

/// What a running agent takes of the machine.
extension Agent {
    /// User and system time so far, in hundredths of a second.
    func processorTime() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processIdentifier)/stat", encoding: .utf8)
        let words = text.drop { $0 != ")" }.split(separator: " ")
        return (Int(words[12]) ?? 0) + (Int(words[13]) ?? 0)
    }

    /// What of it is in memory, in KiB.
    func residentMemory() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(processIdentifier)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}

/// Descriptors of this process, and of the programs that it starts from now on.
enum DescriptorLimit {
    /// Makes it as high as it may be. The default of systems is 1,024.
    static func raise() {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
