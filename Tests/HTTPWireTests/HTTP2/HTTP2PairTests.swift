import HTTPWire
import SeededNumbers
import Testing

/// A client and a server that speak with each other: whatever is asked arrives, in whatever order octets come and bodies are
/// taken.
@Suite struct HTTP2PairTests {
    @Test(arguments: 1...6)
    func `all messages arrive whole, both ways, however they are cut and credited`(seed: UInt64) {
        var pair = HTTP2Pair(seed: seed)
        var rounds = 0
        while !pair.isDone, rounds < 20_000 {
            pair.step()
            rounds += 1
        }
        let isDone = pair.isDone
        #expect(isDone, "stuck: \(pair.progress)")
        let fault = pair.fault
        #expect(fault == nil)
    }
}
