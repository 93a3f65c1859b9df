/// The class of a record or a question (RFC 1035 section 3.2.4).
package struct RecordClass: RegisteredNumber {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Compiled in place, also in other modules: each query is compared with several.
    @inlinable
    package static func == (left: RecordClass, right: RecordClass) -> Bool { left.rawValue == right.rawValue }

    /// The Internet: all that resolvers ask for.
    package static let `in` = RecordClass(rawValue: 1)
    /// Chaosnet: where servers tell their version and name (RFC 4892).
    package static let ch = RecordClass(rawValue: 3)
    package static let hs = RecordClass(rawValue: 4)
    /// Every class: a question only.
    package static let any = RecordClass(rawValue: 255)

    package static let unnamedPrefix = "CLASS"

    package static let names: [RecordClass: String] = [
        .in: "IN", .ch: "CH", .hs: "HS", RecordClass(rawValue: 254): "NONE", .any: "ANY",
    ]
}
