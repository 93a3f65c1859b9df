internal import Glibc
internal import Synchronization

/// Whole files: read, replaced, listed.
package enum Files {
    /// The bytes of a file, or of one of the kernel's pseudo files, whose size is not known before.
    package static func read(_ path: String) throws(SystemCallError) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        let content = try readToEnd(file.rawValue, path)
        // Not earlier: the number is another file's as soon as this one is closed.
        _ = consume file
        return content
    }

    /// Reads up to the end, in pieces that grow: most files are short, and every page that is touched costs time.
    static func readToEnd(_ descriptor: Int32, _ subject: String) throws(SystemCallError) -> [UInt8] {
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 2048)
        while true {
            let count = try systemCall("read", on: subject) { unsafe Glibc.read(descriptor, &buffer, buffer.count) }
            if count == 0 { return content }
            content.append(contentsOf: buffer[..<count])
            if count == buffer.count, count < 64 * 1024 { buffer = [UInt8](repeating: 0, count: 4 * count) }
        }
    }

    /// The text of a file. Bytes that are not UTF-8 become replacement characters.
    package static func readText(_ path: String) throws(SystemCallError) -> String {
        String(decoding: try read(path), as: UTF8.self)
    }

    /// Reads a text of which only so much can be meant.
    ///
    /// - Throws: EFBIG if there is more, EINVAL if the path leads to a device, a pipe or anything else that is no file.
    package static func readText(_ path: String, atMost limit: Int) throws(SystemCallError) -> String {
        let status = try status(path)
        guard status.kind == .file else {
            throw SystemCallError(call: "read", subject: "\(path), which is no file", errno: .invalidArgument)
        }
        guard status.size <= limit else { throw SystemCallError(call: "read", subject: path, errno: .fileTooBig) }
        return try readText(path)
    }

    /// Replaces a file as a whole: whoever opens it sees the old content or the new, also after a power cut.
    ///
    /// - Parameter mode: the permission bits, set exactly, whatever the umask is.
    /// - Throws: what failed, on `path`: the name of the file in between says nothing to anybody.
    package static func writeAtomically(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32 = 0o644
    ) throws(SystemCallError) {
        let temporary = temporaryName(for: path)
        do throws(SystemCallError) {
            let file = try open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
            try write(bytes, to: file, path: path)
            _ = try systemCall("fchmod", on: path) { fchmod(file.rawValue, mode) }
            _ = try systemCall("fsync", on: path) { fsync(file.rawValue) }
            try file.close()
            _ = try systemCall("rename", on: path) { unsafe rename(temporary, path) }
        } catch {
            _ = unsafe unlink(temporary)
            throw SystemCallError(call: error.call, subject: path, errno: error.errno)
        }
    }

    /// Replaces a file as a whole: whoever opens it sees the old content or the new, also after a power cut.
    package static func writeAtomically(
        _ text: String,
        to path: String,
        mode: UInt32 = 0o644
    ) throws(SystemCallError) {
        try writeAtomically(Array(text.utf8), to: path, mode: mode)
    }

    /// Writes to a file that exists, in one call, as the kernel's pseudo files want it.
    package static func overwrite(_ path: String, with text: String) throws(SystemCallError) {
        let file = try open(path, O_WRONLY | O_TRUNC)
        try write(Array(text.utf8), to: file, path: path)
        try file.close()
    }

    /// Removes a file, a socket or a link; one that is missing is fine.
    package static func remove(_ path: String) throws(SystemCallError) {
        do throws(SystemCallError) {
            _ = try systemCall("unlink", on: path) { unsafe unlink(path) }
        } catch  where error.errno == .noEntry {}
    }

    /// What writers of `path` left that were killed half-way.
    package static func temporaries(of path: String) throws(SystemCallError) -> [String] {
        guard let slash = path.lastIndex(of: "/") else { return [] }
        let directory = String(path[..<slash])
        let prefix = ".\(path[path.index(after: slash)...])."
        do throws(SystemCallError) {
            return try list(directory).filter { $0.hasPrefix(prefix) && $0.hasSuffix(".tmp") }.map {
                "\(directory)/\($0)"
            }
        } catch  where error.errno == .noEntry {
            return []
        }
    }

    /// Removes what writers of `path` left that were killed half-way. Nobody else may be writing it.
    package static func removeTemporaries(of path: String) throws(SystemCallError) {
        for temporary in try temporaries(of: path) { try remove(temporary) }
    }

    static func write(
        _ bytes: [UInt8],
        to file: borrowing OwnedDescriptor,
        path: String
    ) throws(SystemCallError) {
        let descriptor = file.rawValue
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = try systemCall("write", on: path) {
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }

    static func open(_ path: String, _ flags: Int32, mode: UInt32 = 0) throws(SystemCallError) -> OwnedDescriptor {
        OwnedDescriptor(
            adopting: try systemCall("open", on: path) { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }
        )
    }

    /// A hidden name in the same directory, so that the rename stays in one file system and watchers can skip it.
    private static func temporaryName(for path: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let number = counter.add(1, ordering: .relaxed).newValue
        return "\(path[..<slash]).\(path[slash...]).\(getpid())-\(number).tmp"
    }

    /// Tells apart the writers of this process.
    private static let counter = Atomic<UInt64>(0)
}
