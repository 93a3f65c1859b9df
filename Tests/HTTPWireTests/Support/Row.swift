import SeededNumbers
import Testing

/// A line of a table: what is sent, and what is made of it.
struct Row: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let octets: [UInt8]
    let outcome: String

    init(_ description: String, _ text: String, _ outcome: String) {
        self.init(description, Wire.octets(text), outcome)
    }

    init(_ description: String, _ octets: [UInt8], _ outcome: String) {
        testDescription = description
        self.octets = octets
        self.outcome = outcome
    }

    /// The line, with more sent around it.
    func within(_ before: String, _ behind: String, outcome: String? = nil) -> Row {
        Row(testDescription, Wire.octets(before) + octets + Wire.octets(behind), outcome ?? self.outcome)
    }

    /// Compares what is made of the octets with what should be: of those that come whole, octet by octet, and cut at random.
    ///
    /// - Parameter read: tells what it makes of octets that come in parts, which end at these places and at the end, and
    ///   what of them belongs to no message.
    func check(
        _ sourceLocation: SourceLocation = #_sourceLocation,
        _ read: (_ octets: [UInt8], _ cuts: [Int]) -> String
    ) {
        for cuts in Self.ways(of: octets.count) {
            let outcome = read(octets, cuts)
            guard outcome != self.outcome else { continue }
            let way = cuts.isEmpty ? "whole" : cuts.count == octets.count ? "octet by octet" : "cut at \(cuts)"
            #expect(outcome == self.outcome, "\(way)", sourceLocation: sourceLocation)
        }
    }

    /// Where octets are cut: nowhere, everywhere, and at a few random places, some of them twice.
    private static func ways(of count: Int) -> [[Int]] {
        var numbers = SeededNumbers(seed: UInt64(count))
        let random = (1...8).map { most in
            (0..<most).map { _ in Int.random(in: 0...count, using: &numbers) }.sorted()
        }
        return [[], Array(0..<count)] + random
    }
}
