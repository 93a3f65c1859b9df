internal import Glibc

/// Small files that say something until the next boot: nothing waits for the disk.
extension Files {
    /// Makes a file that must not be there yet. EEXIST if it is.
    ///
    /// A crash half-way leaves it empty.
    package static func create(_ path: String, with text: String, mode: UInt32 = 0o600) throws(SystemCallError) {
        let file = try open(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        do throws(SystemCallError) {
            try write(Array(text.utf8), to: file, path: path)
            try file.close()
        } catch {
            _ = unsafe unlink(path)
            throw error
        }
    }

    /// Makes a file or writes it anew in place. A crash half-way leaves it empty.
    package static func rewrite(_ path: String, with text: String, mode: UInt32 = 0o600) throws(SystemCallError) {
        let file = try open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
        try write(Array(text.utf8), to: file, path: path)
        try file.close()
    }
}
