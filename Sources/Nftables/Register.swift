/// A register of the nf_tables virtual machine: sixteen words of four bytes, and one for verdicts.
package struct Register: Hashable, Sendable, RawRepresentable {
    /// The kernel's number: 0 is the verdict register, 1…4 name four words each, 8…23 single words.
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let verdict = Register(rawValue: 0)
    /// The data register that rules without concatenation use.
    package static let first = Register(rawValue: 1)

    /// The register that starts at word `index`, 0…15. A multiple of four is spelled as a wide register, as the
    /// kernel reports it.
    package static func word(_ index: Int) -> Register {
        let index = UInt32(index)
        return Register(rawValue: index % 4 == 0 ? index / 4 + 1 : index + 8)
    }
}
