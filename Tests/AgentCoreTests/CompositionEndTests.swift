import ServiceLifecycle
import Testing

@testable import AgentCore

@Suite(.timeLimit(.minutes(1))) struct CompositionEndTests {
    private let stop = StopRequest()
    private let recomposition = Recomposition()

    private var end: CompositionEnd { CompositionEnd(stop: stop, recomposition: recomposition) }

    @Test func `a stop that was asked for between two compositions ends the next one`() async {
        stop.make()
        await end.run()
        // And the one after it: it is never taken back.
        await end.run()
        #expect(stop.isMade)
    }

    @Test func `a stop that is asked for meanwhile ends the composition`() async {
        async let ended: Void = end.run()
        stop.make()
        await ended
    }

    @Test func `a new composition ends the one before, whenever it is asked for`() async {
        recomposition.end(with: .fail(.configuration("x")))
        await end.run()
        #expect(!stop.isMade)
    }
}
