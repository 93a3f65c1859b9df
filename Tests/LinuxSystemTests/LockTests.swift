import LinuxSystem
import Testing

@Suite(.timeLimit(.minutes(1))) struct LockTests {
    @Test func `a second thread gets a file's lock when the first lets go of it`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.entry("lock")
        let record = Record()
        try await withThrowingTaskGroup { group in
            let lock = try FileLock.exclusive(path)
            group.addTask(executorPreference: KernelThread(name: "second-holder")) {
                _ = try FileLock.exclusive(path)
                record.add("taken")
            }
            // The kernel lists who waits behind whom.
            let inode = try Files.status(path).inode
            while try !Self.waiters().contains(where: { $0.contains(":\(inode) ") }) { await Task.yield() }
            record.add("given back")
            Self.give(back: lock)
            try await group.waitForAll()
        }
        #expect(record.all == ["given back", "taken"])
        #expect(try Files.status(path).mode == 0o600)
    }

    private static func waiters() throws -> [Substring] {
        try Files.readText("/proc/locks").split(separator: "\n").filter { $0.contains("->") }
    }

    private static func give(back lock: consuming FileLock) {}

    @Test func `who asks for a limited time is told who has the lock, and gets it once it is free`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.entry("lock")
        let lock = try FileLock.exclusive(path)
        let error = #expect(throws: SystemCallError.self) {
            _ = try FileLock.exclusive(path, within: .milliseconds(20))
        }
        #expect(error?.errno == .again)
        let process = ProcessFacts.processID
        #expect(error?.subject.hasPrefix("\(path), held by ") == true, "\(String(describing: error))")
        #expect(error?.subject.hasSuffix(" (process \(process)),") == true, "\(String(describing: error))")
        Self.give(back: lock)
        #expect(throws: Never.self) { _ = try FileLock.exclusive(path, within: .milliseconds(20)) }
    }

    @Test func `a lock in a directory that is missing is refused`() {
        let path = "/nonexistent/linnet/lock"
        let error = #expect(throws: SystemCallError.self) { _ = try FileLock.exclusive(path) }
        #expect(error == SystemCallError(call: "open", subject: path, errno: .noEntry))
    }

    @Test func `a name is held by one at a time`() throws {
        let name = "linnet-test-\(ProcessFacts.processID)"
        var lock: AbstractSocketLock? = try AbstractSocketLock.acquire(name)
        withExtendedLifetime(lock) {
            let error = #expect(throws: SystemCallError.self) { try AbstractSocketLock.acquire(name) }
            #expect(error == SystemCallError(call: "bind", subject: "@\(name)", errno: .addressInUse))
        }
        lock = nil
        #expect(throws: Never.self) { try AbstractSocketLock.acquire(name) }
    }

    @Test func `the holder of a name is found, and nobody once it is given up`() throws {
        let name = "linnet-held-\(ProcessFacts.processID)"
        var lock: AbstractSocketLock? = try AbstractSocketLock.acquire(name)
        try withExtendedLifetime(lock) {
            let holder = try #require(SocketHolder.ofAbstractName(name))
            #expect(holder.processID == UInt32(ProcessFacts.processID))
            #expect(holder.name == ProcessFacts.name(ofProcess: holder.processID))
        }
        lock = nil
        #expect(SocketHolder.ofAbstractName(name) == nil)
    }

    @Test(
        arguments: [
            ("linnet", 4711), ("linnet2", 12), ("with space", 13), ("linne", nil), ("/run/path.sock", nil),
        ] as [(String, UInt64?)]
    )
    func `a name is found in the kernel's table as a whole`(name: String, inode: UInt64?) {
        let table = """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000000: 00000002 00000000 00010000 0001 01  9 /run/path.sock
            0000000000000000: 00000002 00000000 00000000 0002 01 12 @linnet2
            0000000000000000: 00000003 00000000 00000000 0001 03 10
            0000000000000000: 00000002 00000000 00000000 0002 01 4711 @linnet
            0000000000000000: 00000002 00000000 00000000 0002 01 13 @with space
            """
        #expect(SocketHolder.inode(ofAbstractName: name, in: table) == inode)
    }

    @Test(
        arguments: [
            ("Name:\tx\nUid:\t65534\t0\t0\t0\nGid:\t1\t1\t1\t1\n", 65534), ("Name:\tx\n", nil), ("Uid:\n", nil),
        ] as [(String, UInt32?)]
    )
    func `the owner of a process is its real user`(status: String, user: UInt32?) {
        #expect(SocketHolder.realUser(inStatus: status) == user)
    }

    @Test func `a name that is too long is refused`() {
        let name = String(repeating: "n", count: 108)
        let error = #expect(throws: SystemCallError.self) { try AbstractSocketLock.acquire(name) }
        #expect(error?.errno == .nameTooLong)
    }
}
