/// The name of a kernel setting, kept with slashes, since interface names hold dots: `net/ipv4/conf/flannel.1/rp_filter`.
package struct SysctlName: Hashable, Sendable, CustomStringConvertible {
    /// The path below /proc/sys.
    package let path: String

    /// Takes both forms of sysctl(8). The first separator decides: `net.ipv4.conf.eth0/100.rp_filter` means the
    /// interface `eth0.100`, as does `net/ipv4/conf/eth0.100/rp_filter`.
    package init(_ name: String) {
        let first = name.first { $0 == "." || $0 == "/" }
        guard first == "." else {
            path = name
            return
        }
        path = String(
            name.map { character -> Character in
                switch character {
                case ".": "/"
                case "/": "."
                default: character
                }
            }
        )
    }

    package var description: String { path }
}

/// The kernel settings under /proc/sys. Those under `net` are the ones of the calling thread's network namespace.
package enum Sysctl {
    /// The value without its line end.
    package static func read(_ name: SysctlName) throws(SystemCallError) -> String {
        var text = try Files.readText(file(name))[...]
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    package static func write(_ value: String, to name: SysctlName) throws(SystemCallError) {
        try Files.overwrite(file(name), with: value)
    }

    static func file(_ name: SysctlName) -> String { "/proc/sys/\(name.path)" }
}
