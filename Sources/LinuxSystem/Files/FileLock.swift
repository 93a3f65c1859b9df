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

    /// Asks for the lock again and again, blocking the thread for as long as `limit` at most. EAGAIN afterwards, with the
    /// process that holds the lock.
    package static func exclusive(_ path: String, within limit: Duration) throws(SystemCallError) -> FileLock {
        let file = try Files.open(path, O_RDWR | O_CREAT, mode: 0o600)
        let descriptor = file.rawValue
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: limit)
        while try systemCallUnlessBlocked("flock", on: path, { linnet_lock_exclusive_at_once(descriptor) }) == nil {
            guard clock.now < end else {
                let holder = holder(of: path).map { ", held by \($0)," } ?? ""
                throw SystemCallError(call: "flock", subject: path + holder, errno: .again)
            }
            usleep(5_000)
        }
        return FileLock(file: file)
    }

    /// `linnet-cni (process 4711)`, if the kernel says which process has the lock.
    private static func holder(of path: String) -> String? {
        guard let inode = try? Files.status(path).inode, let locks = try? Files.readText("/proc/locks") else {
            return nil
        }
        // 1: FLOCK  ADVISORY  WRITE 4711 08:01:1234 0 EOF; of those who wait, an arrow follows the number.
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(inode)") else { continue }
            let name = UInt32(words[4]).flatMap { ProcessFacts.name(ofProcess: $0) } ?? "a process"
            return "\(name) (process \(words[4]))"
        }
        return nil
    }

    private init(file: consuming OwnedDescriptor) {
        self.file = file
    }
}
