/// What the owner of a forwarder is to do after an event, in this order.
package struct ForwarderActions<Client: Hashable & Sendable>: Sendable {
    /// Attempts that nothing is waited for any more.
    package internal(set) var ends: [ForwarderAttempt.ID] = []
    package internal(set) var starts: [ForwarderAttempt] = []
    /// To be handed to those who share the work, before clients are told: they may ask another one next.
    package internal(set) var learned: [LearnedAnswer] = []
    package internal(set) var replies: [ClientReplies<Client>] = []

    package var isEmpty: Bool { ends.isEmpty && starts.isEmpty && learned.isEmpty && replies.isEmpty }
}

/// A packet to be sent to an upstream, from a port that nobody can guess. What comes back, or that nothing can, is told
/// to `Forwarder.receive` and `Forwarder.fail`; an attempt goes on until the forwarder ends it or `fail` is called.
package struct ForwarderAttempt: Sendable {
    /// Names an attempt for as long as its forwarder exists.
    package struct ID: Hashable, Sendable {
        let number: UInt64
    }

    /// How the packet travels.
    package enum Transport: Hashable, Sendable {
        case datagram
        /// A connection of its own.
        case stream
        /// A connection with TLS, which other questions share. What it takes to have one is not the forwarder's business.
        case tls
    }

    package let id: ID
    package let upstream: Upstream
    package let transport: Transport
    package let packet: [UInt8]
}

/// The answer for clients that asked the same.
package struct ClientReplies<Client: Hashable & Sendable>: Sendable {
    package let clients: [Client]
    package let question: ForwardedQuestion
    package let answer: ResolvedAnswer
}
