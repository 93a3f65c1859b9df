import Glibc
import LinuxSystem
import Synchronization

/// Two ends, one to write to and one to read from, which never waits.
final class Pipe: Sendable {
    enum Outcome: Hashable, Sendable {
        case byte(UInt8)
        case wouldBlock
        /// Nobody can write any longer.
        case end
        case failed
    }

    let reading: SharedDescriptor
    private let writing: Atomic<Int32>

    init() throws {
        // A socket pair is closed in programs that other tests start, from its first moment on; pipe(2)'s ends are not.
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        _ = try systemCall("socketpair") { socketpair(AF_UNIX, kind, 0, &ends) }
        reading = SharedDescriptor(adopting: ends[0])
        writing = Atomic(ends[1])
        let flags = fcntl(ends[0], F_GETFL)
        _ = try systemCall("fcntl") { fcntl(flags < 0 ? -1 : reading.rawValue, F_SETFL, flags | O_NONBLOCK) }
    }

    deinit {
        closeWritingEnd()
    }

    /// Gives away the writing end, which is then closed by somebody else.
    func takeWritingEnd() -> Int32 {
        writing.exchange(-1, ordering: .relaxed)
    }

    func closeWritingEnd() {
        let number = takeWritingEnd()
        if number >= 0 { close(number) }
    }

    func write(_ text: String) {
        Glibc.write(writing.load(ordering: .relaxed), text, text.utf8.count)
    }

    func readByte() -> Outcome {
        var byte: UInt8 = 0
        switch read(reading.rawValue, &byte, 1) {
        case 1: return .byte(byte)
        case 0: return .end
        default: return errno == EAGAIN ? .wouldBlock : .failed
        }
    }
}
