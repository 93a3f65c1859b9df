/// How many connections one thread of the proxy may have, so that the rest of the agent always finds a descriptor, and the
/// machine memory.
struct ConnectionBudget: Hashable, Sendable {
    /// Those of clients and those to endpoints together.
    let all: Int
    /// Those of clients: half of all, so that a request of each can be sent on, as far as there is memory.
    let clients: Int

    /// What is left for the rest of the agent: a quarter of few descriptors, and this of many.
    private static let mostReserved: UInt64 = 4_096
    /// What a client is reckoned with, in octets: with TLS, or streams of HTTP/2, and with what the kernel has for it.
    private static let memoryOfClient: UInt64 = 64 << 10

    init(all: Int, clients: Int) {
        self.all = all
        self.clients = clients
    }

    /// - Parameters:
    ///   - descriptors: how many the process may open.
    ///   - memory: the machine's, in octets.
    ///   - threads: how many share them.
    init(descriptors: UInt64, memory: UInt64, threads: Int) {
        let left = descriptors - min(descriptors / 4, Self.mostReserved)
        all = max(2, Int(clamping: left) / threads)
        clients = max(1, min(all / 2, Int(clamping: memory / Self.memoryOfClient) / threads))
    }
}
