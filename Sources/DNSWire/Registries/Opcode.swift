/// What a message asks for: four bits of the header (RFC 1035 section 4.1.1).
package struct Opcode: RegisteredNumber {
    /// 0…15.
    package let rawValue: UInt8

    /// Only the low four bits count.
    package init(rawValue: UInt8) {
        self.rawValue = rawValue & 0xf
    }

    package static let query = Opcode(rawValue: 0)
    package static let iquery = Opcode(rawValue: 1)
    package static let status = Opcode(rawValue: 2)
    /// A zone has changed (RFC 1996).
    package static let notify = Opcode(rawValue: 4)
    package static let update = Opcode(rawValue: 5)
    /// Stateful operations (RFC 8490).
    package static let dso = Opcode(rawValue: 6)

    package static let unnamedPrefix = "OPCODE"

    package static let names: [Opcode: String] = [
        .query: "QUERY", .iquery: "IQUERY", .status: "STATUS", .notify: "NOTIFY", .update: "UPDATE", .dso: "DSO",
    ]
}
