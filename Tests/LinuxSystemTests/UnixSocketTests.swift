import Glibc
import LinuxSystem
import Testing

@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    private let directory: TemporaryDirectory
    private let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.entry("socket")
    }

    /// Serves `answer` to each connection while `body` connects.
    private func serving(_ answer: [UInt8], _ body: () async throws -> Void) async throws {
        let listener = try UnixListener(path: path, mode: 0o600)
        try await withThrowingTaskGroup { group in
            group.addTask {
                await listener.forEachConnection { connection in
                    try? connection.write(answer)
                } refused: { error in
                    Issue.record(error)
                }
            }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Connects and reads on a thread of its own, since both wait.
    private func ask() async throws -> [UInt8]? {
        try await withThrowingTaskGroup { [path] group in
            group.addTask(executorPreference: KernelThread(name: "client")) {
                try UnixConnection.connect(to: path).readToEnd()
            }
            return try await group.next()
        }
    }

    @Test(arguments: [0, 1, 16_384, 1_000_000]) func `an answer of any length arrives whole`(count: Int) async throws {
        let answer = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await serving(answer) {
            let received = try await ask()
            #expect(received == answer)
        }
    }

    @Test func `one client after the other is served`() async throws {
        try await serving(Array("ready".utf8)) {
            for _ in 1...20 {
                let received = try await ask()
                #expect(received == Array("ready".utf8))
            }
        }
    }

    @Test(arguments: [0, 100, 40_000, 100_000])
    func `a question is read to its end, or a little beyond a limit`(sent: Int) async throws {
        let limit = 40_000
        let listener = try UnixListener(path: path, mode: 0o600)
        let (counts, count) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup { [path] group in
            group.addTask {
                await listener.forEachConnection { connection in
                    count.yield((try? connection.readToEnd(atMost: limit).count) ?? -1)
                } refused: { error in
                    Issue.record(error)
                }
            }
            group.addTask(executorPreference: KernelThread(name: "client")) {
                let connection = try UnixConnection.connect(to: path)
                try connection.write([UInt8](repeating: 0, count: sent))
                try connection.finishWriting()
            }
            let read = try #require(await counts.first { _ in true })
            if sent <= limit { #expect(read == sent) } else { #expect((limit + 1...limit + 16_384).contains(read)) }
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `a client that goes away without reading does not end the service`() async throws {
        try await serving([UInt8](repeating: 0, count: 1_000_000)) {
            for _ in 1...3 { _ = try UnixConnection.connect(to: path) }
            #expect(try await ask()?.count == 1_000_000)
        }
    }

    @Test func `only those whom the mode admits may connect, and what an earlier process left is replaced`() throws {
        try Files.writeAtomically("left over", to: path)
        let listener = try UnixListener(path: path, mode: 0o660)
        #expect(try Files.status(path).kind == .socket)
        #expect(try Files.status(path).mode == 0o660)
        withExtendedLifetime(listener) {}
    }

    @Test func `the path goes away with the listener`() throws {
        _ = try UnixListener(path: path, mode: 0o600)
        #expect(!Files.exists(path))
        let error = #expect(throws: SystemCallError.self) { try UnixConnection.connect(to: path) }
        #expect(error == SystemCallError(call: "connect", subject: path, errno: .noEntry))
    }

    @Test func `a path that another listener has by now is left to it`() throws {
        var first: UnixListener? = try UnixListener(path: path, mode: 0o600)
        #expect(first?.isInPlace == true)
        try Files.remove(path)
        #expect(first?.isInPlace == false)
        let second = try UnixListener(path: path, mode: 0o600)
        first = nil
        #expect(second.isInPlace)
        _ = try UnixConnection.connect(to: path)
    }

    @Test func `a path that is too long for a socket is refused`() {
        let path = directory.entry(String(repeating: "n", count: 108))
        let error = #expect(throws: SystemCallError.self) { try UnixListener(path: path, mode: 0o600) }
        #expect(error == SystemCallError(call: "bind", subject: path, errno: .nameTooLong))
    }
}
