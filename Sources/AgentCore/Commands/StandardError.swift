import LinuxSystem

/// Messages to whoever started the program.
package enum StandardError {
    /// Prints one line.
    package static func print(_ line: String) {
        StandardStreams.writeError(line + "\n")
    }
}
