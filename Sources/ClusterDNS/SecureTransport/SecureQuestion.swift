/// A packet that a worker has sent over TLS.
struct SecureQuestion: Sendable {
    /// Names one for as long as the process runs.
    struct ID: Hashable, Sendable {
        let worker: Int
        /// Another one for each of the worker's.
        let number: UInt64
    }

    let id: ID
    let upstream: Upstream
    /// A DNS message of at least a header. Its number is another one on the way.
    let packet: [UInt8]
}

/// What became of a worker's packet.
struct SecureOutcome: Sendable {
    enum Result: Sendable, Equatable {
        /// A message came, with the number that the packet had. More may come until the worker ends the question.
        case received([UInt8])
        /// Nothing will come, for this reason. The question is ended.
        case failed(String)
    }

    let question: SecureQuestion.ID
    let result: Result
}
