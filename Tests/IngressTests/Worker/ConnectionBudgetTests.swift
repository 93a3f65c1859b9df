import Testing

@testable import Ingress

@Suite struct ConnectionBudgetTests {
    @Test(
        "the rest of the agent keeps descriptors, and the machine memory",
        arguments: [
            // What systemd's unit allows, on machines of 64, 4 and 1 GiB.
            (1_048_576, 64 << 30, 4, all: 261_120, clients: 130_560),
            (1_048_576, 4 << 30, 4, all: 261_120, clients: 16_384),
            (1_048_576, 1 << 30, 2, all: 522_240, clients: 8_192),
            // What a shell allows.
            (1_024, 4 << 30, 4, all: 192, clients: 96),
            (1_024, 4 << 30, 1, all: 768, clients: 384),
            (16_384, 4 << 30, 4, all: 3_072, clients: 1_536),
            // Without limit.
            (UInt64.max, 4 << 30, 4, all: .max / 4, clients: 16_384),
            // Next to nothing.
            (8, 1 << 20, 4, all: 2, clients: 1),
        ] as [(UInt64, UInt64, Int, all: Int, clients: Int)]
    )
    func budget(_ descriptors: UInt64, _ memory: UInt64, threads: Int, all: Int, clients: Int) {
        let budget = ConnectionBudget(descriptors: descriptors, memory: memory, threads: threads)
        #expect(budget.all == all && budget.clients == clients)
    }
}
