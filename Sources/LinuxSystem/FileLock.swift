internal import CLinux
internal import Glibc

/// An exclusive flock(2) on a file, given back when this value goes away, also by kill -9.
package struct FileLock: ~Copyable {
    private let file: OwnedDescriptor

    /// Waits for the lock, blocking the thread. The file is made (0600) if it is missing, and left in place.
    package static func exclusive(_ path: String) throws(SystemCallError) -> FileLock {
        let file = try Files.open(path, O_RDWR | O_CREAT, mode: 0o600)
        let descriptor = file.rawValue
        _ = try systemCall("flock", on: path) { linnet_lock_exclusive(descriptor) }
        return FileLock(file: file)
    }

    private init(file: consuming OwnedDescriptor) {
        self.file = file
    }
}
