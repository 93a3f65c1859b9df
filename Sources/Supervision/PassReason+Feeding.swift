extension AsyncStream<PassReason>.Continuation {
    /// Runs what wakes a loop. If it fails the wakes end, and the loop with them, so that the task group that both are in
    /// throws the error: a loop that nothing wakes any more looks well and does nothing.
    package func feed(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            finish()
            throw error
        }
    }
}
