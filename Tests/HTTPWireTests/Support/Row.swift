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
}
