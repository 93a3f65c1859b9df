import Glibc
import LinuxSystem
import Testing

@Suite struct SystemCallTests {
    @Test(arguments: [
        (Errno.noEntry, "ENOENT (No such file or directory)"), (.permission, "EPERM (Operation not permitted)"),
        (.noBufferSpace, "ENOBUFS (No buffer space available)"), (Errno(rawValue: 4_711), "errno 4711"),
    ])
    func `an error number is printed with its name and meaning`(errno: Errno, text: String) {
        #expect(errno.description == text)
    }

    @Test(arguments: [
        ("open", "/etc/x", "open /etc/x: ENOENT (No such file or directory)"),
        ("socket", "", "socket: ENOENT (No such file or directory)"),
    ])
    func `an error says what was done to what, and why it failed`(call: String, subject: String, text: String) {
        #expect(SystemCallError(call: call, subject: subject, errno: .noEntry).description == text)
    }

    /// Answers one after the other, each with the error number that goes with it.
    private static func answering(_ answers: [(Int32, Int32)]) -> (Record, () -> Int32) {
        let calls = Record()
        return (
            calls,
            {
                let (answer, number) = answers[calls.all.count]
                calls.add("call")
                errno = number
                return answer
            }
        )
    }

    @Test func `a call that a signal interrupted is made again`() throws {
        let (calls, body) = Self.answering([(-1, EINTR), (-1, EINTR), (7, 0)])
        #expect(try systemCall("read", body) == 7)
        #expect(calls.all.count == 3)
    }

    @Test func `a call that fails is not repeated`() {
        let (calls, body) = Self.answering([(-1, EIO), (7, 0)])
        #expect(throws: SystemCallError(call: "read", subject: "file", errno: .inputOutput)) {
            try systemCall("read", on: "file", body)
        }
        #expect(calls.all.count == 1)
    }

    @Test func `a call that would block answers nothing, other errors are thrown`() throws {
        let (_, blocked) = Self.answering([(-1, EAGAIN)])
        #expect(try systemCallUnlessBlocked("read", blocked) == nil)
        let (_, broken) = Self.answering([(-1, EIO)])
        #expect(throws: SystemCallError(call: "read", subject: "", errno: .inputOutput)) {
            try systemCallUnlessBlocked("read", broken)
        }
    }
}

@Suite struct DescriptorTests {
    @Test func `a descriptor is closed when its owner lets go of it`() throws {
        let pipe = try Pipe()
        #expect(pipe.readByte() == .wouldBlock)
        do {
            let owned = OwnedDescriptor(adopting: pipe.takeWritingEnd())
            #expect(write(owned.rawValue, "x", 1) == 1)
        }
        #expect(pipe.readByte() == .byte(UInt8(ascii: "x")))
        #expect(pipe.readByte() == .end)
    }

    @Test func `a shared descriptor is closed by the last owner`() throws {
        let pipe = try Pipe()
        var first: SharedDescriptor? = SharedDescriptor(OwnedDescriptor(adopting: pipe.takeWritingEnd()))
        var second = first
        first = nil
        #expect(pipe.readByte() == .wouldBlock)
        withExtendedLifetime(second) {}
        second = nil
        #expect(pipe.readByte() == .end)
    }

    @Test func `a descriptor that was released stays open`() throws {
        let pipe = try Pipe()
        let number = OwnedDescriptor(adopting: pipe.takeWritingEnd()).release()
        #expect(pipe.readByte() == .wouldBlock)
        try OwnedDescriptor(adopting: number).close()
        #expect(pipe.readByte() == .end)
    }
}
