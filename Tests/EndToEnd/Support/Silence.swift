import Testing

/// Expects that the kernel announces nothing of Linnet's while `body` runs.
func expectSilence(of node: Node, while body: () async throws -> Void) async throws {
    #expect(try await Announcements.during(on: node, body) == [])
}
