import LinuxSystem
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopThreadTests {
    @Test func `a cancelled task waits for the end of the thread too`() async throws {
        let isGone = Flag()
        let thread = try LoopThread.start(name: "test") { IdleService(token: Token(isGone)) }
        let stopping = Task {
            while !Task.isCancelled { await Task.yield() }
            await thread.stop()
            return isGone.isSet
        }
        stopping.cancel()
        #expect(await stopping.value)
    }

    @Test(arguments: [("7", 7), ("lo", 1), ("no-such-link", nil)] as [(String, UInt32?)])
    func `a zone is a link by number or name`(zone: String, scope: UInt32?) throws {
        guard let scope else {
            let expected = SystemCallError(call: "if_nametoindex", subject: zone, errno: .noDevice)
            #expect(throws: expected) { try PacketPorts.scope(ofZone: zone) }
            return
        }
        #expect(try PacketPorts.scope(ofZone: zone) == scope)
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

/// Says when it is gone.
private final class Token: Sendable {
    private let flag: Flag
    init(_ flag: Flag) { self.flag = flag }
    deinit { flag.set() }
}

private struct IdleService: QuietService {
    let token: Token
    func begin(_ ports: PacketPorts) {}
}
