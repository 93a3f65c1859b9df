import LinuxSystem
import NetworkTypes

/// What becomes of a connection, or of a datagram.
enum BalancerOutcome: Hashable, Sendable {
    /// - Parameters:
    ///   - seen: the client's address as the server has it.
    ///   - own: the client's address as the client has it.
    case answered(by: String, seen: IPAddress, own: IPAddress)
    /// The kernel on the way, or the other end, says that nothing is there.
    case refused
    /// Nothing is heard.
    case dropped

    /// Who answered; nil if nobody did.
    var server: String? { if case .answered(let server, _, _) = self { server } else { nil } }
}

/// A client's question to a service.
struct BalancerCall: Sendable {
    var transport = TransportProtocol.tcp
    let target: IPAddress
    let port: UInt16
    /// Where it comes from; the kernel's choice if nil.
    var source: IPAddress?
    /// How long an answer is waited for.
    var patience = Duration.seconds(5)

    /// Asks from the namespace.
    func outcome(from namespace: NetworkNamespace) throws -> BalancerOutcome {
        try namespace.run { try outcome() }
    }

    /// Asks from the calling thread's namespace.
    func outcome() throws -> BalancerOutcome { try connection().outcome }

    /// Asks from the calling thread's namespace, and keeps the connection.
    func connection() throws -> (socket: BalancerSocket, outcome: BalancerOutcome) {
        let socket = try BalancerSocket(transport, target.family)
        if let source { try socket.bind(source) }
        return (socket, try outcome(by: socket))
    }

    /// Asks by a socket that may have asked before, if it is one of datagrams.
    func outcome(by socket: BalancerSocket) throws -> BalancerOutcome {
        do {
            try socket.connect(target, port)
            guard let greeting = try answer(by: socket) else { return .dropped }
            let words = greeting.split(separator: " ").map(String.init)
            guard words.count == 2, let own = socket.ownAddress else { return .dropped }
            return .answered(by: words[0], seen: try IPAddress(parsing: words[1]), own: own)
        } catch let error as SystemCallError where error.errno == .connectionRefused {
            return .refused
        }
    }

    /// A datagram may be lost on its way: it is sent again, as TCP does by itself.
    private func answer(by socket: BalancerSocket) throws -> String? {
        guard transport == .udp else {
            return socket.waits(Int32(patience / .milliseconds(1))) ? try socket.receive() : nil
        }
        // What comes late for an earlier question is no answer to this one.
        while socket.waits(0) { _ = try? socket.receive() }
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end {
            socket.send("x")
            if socket.waits(250) { return try socket.receive() }
        }
        return nil
    }
}
