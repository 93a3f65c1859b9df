internal import CLinux
internal import Glibc

/// What a program gets from who called it, and gives back.
package enum StandardStreams {
    /// All of standard input, up to its end.
    package static func readInput() throws(SystemCallError) -> [UInt8] {
        try Files.readToEnd(STDIN_FILENO, "standard input")
    }

    /// Writes to standard output without a buffer.
    package static func writeOutput(_ text: String) throws(SystemCallError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = try systemCall("write", on: "standard output") {
                unsafe rest.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Writes to standard error. What cannot be written is lost: there is nowhere left to say so.
    package static func writeError(_ text: String) {
        writeError(Array(text.utf8))
    }

    /// The same of octets.
    package static func writeError(_ octets: [UInt8]) {
        var rest = octets[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || count < 0 && Errno.current == .interrupted else { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }

    /// Puts /dev/null in the place of streams that are closed. To be called before anything is opened, which would get
    /// their numbers and then be written to.
    package static func fillGaps() {
        // Without /dev/null there is no better place either.
        _ = linnet_open_standard_streams()
    }
}

extension ProcessFacts {
    /// The environment that the process was started with. The first of several variables of one name counts.
    package static func environment() throws(SystemCallError) -> [String: String] {
        var variables: [String: String] = [:]
        for entry in try Files.read("/proc/self/environ").split(separator: 0) {
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: entry[..<equals], as: UTF8.self)
            guard variables[name] == nil else { continue }
            variables[name] = String(decoding: entry[(equals + 1)...], as: UTF8.self)
        }
        return variables
    }

    /// Ends the process.
    package static func exit(_ code: Int32) -> Never {
        Glibc.exit(code)
    }
}
