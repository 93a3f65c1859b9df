internal import Glibc

/// What a path refers to, as stat(2) tells it.
package struct FileStatus: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case file, directory, socket, symbolicLink, other
    }

    package let kind: Kind
    /// In bytes.
    package let size: Int
    /// The permission bits: 0o644.
    package let mode: UInt32
    package let owner: UInt32
    package let device: UInt64
    package let inode: UInt64
    /// Nanoseconds since 1970.
    package let modified: Int64
}

extension Files {
    /// Whether the path leads to something, through symbolic links.
    package static func exists(_ path: String) -> Bool {
        unsafe access(path, F_OK) == 0
    }

    /// What the path leads to, through symbolic links.
    package static func status(_ path: String) throws(SystemCallError) -> FileStatus {
        var status = stat()
        _ = try systemCall("stat", on: path) { unsafe stat(path, &status) }
        let kind: FileStatus.Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFSOCK: .socket
            case S_IFLNK: .symbolicLink
            default: .other
            }
        return FileStatus(
            kind: kind,
            size: Int(status.st_size),
            mode: status.st_mode & 0o7777,
            owner: status.st_uid,
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        )
    }

    /// Makes a directory and the parents that are missing; one that exists is fine and keeps its mode.
    package static func createDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemCallError) {
        do throws(SystemCallError) {
            try makeDirectory(path, mode)
        } catch  where error.errno == .noEntry {
            guard let parent = parent(of: path) else { throw error }
            try createDirectory(parent, mode: mode)
            // Once more and not again: /proc answers ENOENT although the parent is there.
            try makeDirectory(path, mode)
        }
    }

    /// Sets the permission bits of a file or directory.
    package static func setMode(_ mode: UInt32, of path: String) throws(SystemCallError) {
        _ = try systemCall("chmod", on: path) { unsafe chmod(path, mode) }
    }

    private static func makeDirectory(_ path: String, _ mode: UInt32) throws(SystemCallError) {
        do throws(SystemCallError) {
            _ = try systemCall("mkdir", on: path) { unsafe mkdir(path, mode) }
        } catch  where error.errno == .exists {
            guard try status(path).kind == .directory else { throw error }
        }
    }

    /// Removes an empty directory; one that is missing is fine.
    package static func removeDirectory(_ path: String) throws(SystemCallError) {
        do throws(SystemCallError) {
            _ = try systemCall("rmdir", on: path) { unsafe rmdir(path) }
        } catch  where error.errno == .noEntry {}
    }

    /// The names in a directory, sorted by their bytes, without `.` and `..`.
    package static func list(_ directory: String) throws(SystemCallError) -> [String] {
        guard let stream = unsafe opendir(directory) else {
            throw SystemCallError(call: "opendir", subject: directory, errno: .current)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                let errno = Errno.current
                guard errno.rawValue == 0 else {
                    throw SystemCallError(call: "readdir", subject: directory, errno: errno)
                }
                return names.filter { $0 != "." && $0 != ".." }.sorted()
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            names.append(name)
        }
    }

    /// The directory that holds `path`, or nil for `/` and for a bare name.
    package static func parent(of path: String) -> String? {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return nil }
        let parent = trimmed[..<slash]
        if parent.isEmpty { return trimmed == "/" ? nil : "/" }
        return String(parent)
    }
}

extension Files {
    /// What a symbolic link points to.
    package static func linkTarget(_ path: String) throws(SystemCallError) -> String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = try systemCall("readlink", on: path) { unsafe readlink(path, &buffer, buffer.count) }
        return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
