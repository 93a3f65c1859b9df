/// The process that holds a socket, as far as this one may see it.
package struct SocketHolder: Sendable, Hashable, CustomStringConvertible {
    package let processID: UInt32
    /// At most 15 bytes; nil if the process is gone by now.
    package let name: String?
    /// The owner of the process.
    package let userID: UInt32?

    package init(processID: UInt32, name: String?, userID: UInt32?) {
        self.processID = processID
        self.name = name
        self.userID = userID
    }

    package var description: String {
        // By its number one would look for some other program.
        if processID == UInt32(ProcessFacts.processID) { return "Linnet itself" }
        let user = userID.map { ", user \($0)" } ?? ""
        return "process \(processID) (\(name ?? "gone by now")\(user))"
    }

    /// The holder of an abstract name in the calling thread's network namespace; nil if there is none, or if it is hidden
    /// from this process.
    package static func ofAbstractName(_ name: String) -> SocketHolder? {
        guard let table = try? Files.readText("/proc/thread-self/net/unix"),
            let inode = inode(ofAbstractName: name, in: table)
        else { return nil }
        return holder(ofInode: inode)
    }

    /// The holder of the socket whose file has this number; nil if there is none, or if it is hidden from this process.
    package static func holder(ofInode inode: UInt64) -> SocketHolder? {
        guard let processes = try? Files.list("/proc") else { return nil }
        let link = "socket:[\(inode)]"
        for process in processes.compactMap({ UInt32($0) }) {
            let directory = "/proc/\(process)/fd"
            // Processes come and go meanwhile, and not all may be looked into.
            guard let descriptors = try? Files.list(directory) else { continue }
            guard descriptors.contains(where: { (try? Files.linkTarget("\(directory)/\($0)")) == link }) else {
                continue
            }
            return SocketHolder(
                processID: process,
                name: ProcessFacts.name(ofProcess: process),
                userID: (try? Files.readText("/proc/\(process)/status")).flatMap(realUser(inStatus:))
            )
        }
        return nil
    }

    /// The inode of the socket with an abstract name in a table of the form of /proc/net/unix, whose columns are Num,
    /// RefCount, Protocol, Flags, Type, St, Inode, Path; the abstract name stands there with an @ before it.
    package static func inode(ofAbstractName name: String, in table: String) -> UInt64? {
        for line in table.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: true)
            if columns.count == 8, columns[7] == "@\(name)" { return UInt64(columns[6]) }
        }
        return nil
    }

    /// The real user in a text of the form of /proc/<pid>/status.
    package static func realUser(inStatus text: String) -> UInt32? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("Uid:") }
        return line?.dropFirst("Uid:".count).split(whereSeparator: \.isWhitespace).first.flatMap { UInt32($0) }
    }
}
