import HTTPWire
import SeededNumbers
import Testing

/// A client and a server that speak with each other: whatever is asked arrives, in whatever order octets come and bodies are
/// taken.
@Suite struct HTTP2PairTests {
    @Test(arguments: 1...6)
    func `all messages arrive whole, both ways, however they are cut and credited`(seed: UInt64) {
        run(HTTP2Pair(seed: seed, requests: 25), rounds: 20_000)
    }

    @Test(arguments: 11...16)
    func `neither blames the other for what was on its way when a stream was reset`(seed: UInt64) {
        run(HTTP2Pair(seed: seed, requests: 400, isCancelling: true), rounds: 300_000)
    }

    private func run(_ pair: consuming HTTP2Pair, rounds: Int) {
        var left = rounds
        while !pair.isDone, left > 0 {
            pair.step()
            left -= 1
        }
        let isDone = pair.isDone
        #expect(isDone, "stuck: \(pair.progress)")
        let fault = pair.fault
        #expect(fault == nil)
    }
}
