import LinuxSystem
import Testing

@Suite(.timeLimit(.minutes(1))) struct MailboxTests {
    private let mailbox = Mailbox([Int]())

    @Test func `all that was left since the last look is one letter`() {
        #expect(mailbox.isEmpty && mailbox.take() == nil)
        mailbox.put { $0.append(1) }
        mailbox.leave { $0.append(2) }
        #expect(!mailbox.isEmpty && mailbox.take() == [1, 2])
        #expect(mailbox.isEmpty && mailbox.take() == nil)
        mailbox.put { $0.append(3) }
        #expect(mailbox.take() == [3])
    }

    @Test func `a mailbox that is closed keeps nothing`() {
        mailbox.put { $0.append(1) }
        mailbox.close()
        #expect((mailbox.take() ?? []) == [])
        mailbox.put { $0.append(2) }
        #expect((mailbox.take() ?? []) == [])
    }

    @Test func `a thread takes what was left before it began, and what is put while it waits`() async throws {
        let (letters, letter) = AsyncStream.makeStream(of: [Int].self)
        mailbox.leave { $0.append(1) }
        let thread = try LoopThread.start(name: "test") { [mailbox] in ReadingService(mailbox: mailbox, letter: letter)
        }
        mailbox.attach(thread)
        var next = letters.makeAsyncIterator()
        #expect(await next.next() == [1])
        mailbox.put { $0.append(2) }
        #expect(await next.next() == [2])
        await thread.stop()
    }
}

/// Tells of each letter that it finds.
private struct ReadingService: QuietService {
    let mailbox: Mailbox<[Int]>
    let letter: AsyncStream<[Int]>.Continuation

    func begin(_ ports: PacketPorts) {
        if let found = mailbox.take() { letter.yield(found) }
    }
}
