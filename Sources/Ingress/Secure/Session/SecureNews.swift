/// What happened in a session and its owner has not heard of yet. Each kind happens once, but for plaintext, and they are
/// told in the order that they have.
struct SecureNews {
    private var established: SecureHandshake?
    private var hasPlaintext = false
    private var end: SecureEnd?
    private var failure: SecureFailure?
    private var isClosed = false
    private var hasEnded = false
    private var hasFailed = false

    mutating func add(_ event: SecureEvent) {
        switch event {
        case .established(let handshake): established = handshake
        case .plaintext: hasPlaintext = true
        case .end(let how):
            if !hasEnded, !hasFailed { end = how }
            hasEnded = true
        case .failed(let reason):
            // What follows a failure is its consequence.
            if !hasFailed { failure = reason }
            hasFailed = true
        case .closed: isClosed = true
        }
    }

    mutating func next() -> SecureEvent? {
        if let handshake = established.take() { return .established(handshake) }
        if hasPlaintext {
            hasPlaintext = false
            return .plaintext
        }
        if let how = end.take() { return .end(how) }
        if let reason = failure.take() { return .failed(reason) }
        guard isClosed else { return nil }
        isClosed = false
        return .closed
    }
}
