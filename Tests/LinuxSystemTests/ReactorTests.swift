import Glibc
import LinuxSystem
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReactorTests {
    private let pipe: Pipe

    init() throws {
        pipe = try Pipe()
    }

    @Test func `each write is told once it was read`() async {
        var readiness = Reactor.shared.readiness(of: pipe.reading).makeAsyncIterator()
        for character in "abc" {
            pipe.write(String(character))
            #expect(await readiness.next() != nil)
            #expect(pipe.readByte() == .byte(character.asciiValue ?? 0))
            #expect(pipe.readByte() == .wouldBlock)
        }
    }

    @Test func `what came before is told too, to each who asks`() async {
        pipe.write("a")
        var first = Reactor.shared.readiness(of: pipe.reading).makeAsyncIterator()
        #expect(await first.next() != nil)
        var second = Reactor.shared.readiness(of: pipe.reading).makeAsyncIterator()
        #expect(await second.next() != nil)
        #expect(pipe.readByte() == .byte(UInt8(ascii: "a")))
    }

    @Test func `the other end's closing is told`() async {
        var readiness = Reactor.shared.readiness(of: pipe.reading).makeAsyncIterator()
        pipe.closeWritingEnd()
        #expect(await readiness.next() != nil)
        #expect(pipe.readByte() == .end)
    }

    @Test func `the wait ends when its task is cancelled`() async {
        let rounds = await withTaskGroup { group in
            group.addTask { [pipe] in
                var rounds = 0
                for await _ in Reactor.shared.readiness(of: pipe.reading) { rounds += 1 }
                return rounds
            }
            group.cancelAll()
            return await group.next()
        }
        #expect(rounds == 0)
    }

    @Test func `what cannot be polled ends the wait at once`() async throws {
        let directory = try TemporaryDirectory()
        try Files.writeAtomically("text", to: directory.entry("file"))
        let number = open(directory.entry("file"), O_RDONLY | O_CLOEXEC)
        try #require(number >= 0)
        for await _ in Reactor.shared.readiness(of: SharedDescriptor(adopting: number)) {
            Issue.record("a file is always ready, so that waiting for it makes no sense")
        }
    }

    @Test func `a descriptor is held while somebody waits for it, and closed after`() async throws {
        let number = pipe.takeWritingEnd()
        try await withThrowingTaskGroup { group in
            let (holds, held) = AsyncStream.makeStream(of: Void.self)
            group.addTask {
                let end = Reactor.shared.readiness(of: SharedDescriptor(adopting: number), for: .readingAndWriting)
                for await _ in end { held.yield() }
            }
            for await _ in holds { break }
            #expect(pipe.readByte() == .wouldBlock)
            group.cancelAll()
            try await group.waitForAll()
        }
        #expect(pipe.readByte() == .end)
    }
}
