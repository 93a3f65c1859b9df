import Testing

@testable import HTTPWire

/// PING frames of our own (RFC 9113 section 6.7).
@Suite struct HTTP2PingTests {
    private static let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    private static let answer: [UInt8] = [0, 0, 8, 6, 1, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 8)

    @Test func `one is open until it is answered, and only answers to none are too much`() {
        var limits = HTTP2Limits()
        limits.idleFrames = 1
        var connection = HTTP2Connection(.client, limits)
        var told: [String] = []
        func give(_ octets: [UInt8], _ connection: inout HTTP2Connection) {
            var offset = 0
            told.append("\(connection.next(octets.span, from: &offset, now: 0)), \(connection.isAwaitingPing)")
        }
        give(Self.settings, &connection)
        for _ in 0..<3 {
            connection.ping()
            give([], &connection)
            give(Self.answer, &connection)
        }
        give(Self.answer, &connection)
        give(Self.answer, &connection)
        let answered = ["needsMore, true", "needsMore, false"]
        #expect(told.first == "needsMore, false")
        #expect(Array(told.dropFirst().prefix(6)) == answered + answered + answered)
        #expect(told.count == 9)
        #expect(told[7] == "needsMore, false")
        #expect(told[8].hasPrefix("failed"))
    }
}
