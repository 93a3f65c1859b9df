internal import Glibc
import LinuxSystem

/// Where standard error leads, for those who do not say what form they want logs in.
package enum LogDestination: Sendable, Hashable {
    case journal
    case terminal
    case other

    /// - Parameter journalStream: the variable JOURNAL_STREAM, by which systemd says which file is the journal's, as
    ///   `device:inode`; a program that was started with its standard error elsewhere still has the variable.
    package static func ofStandardError(journalStream: String?) -> LogDestination {
        var status = stat()
        if let journalStream, unsafe fstat(2, &status) == 0, journalStream == "\(status.st_dev):\(status.st_ino)" {
            return .journal
        }
        return isatty(2) == 1 ? .terminal : .other
    }
}
