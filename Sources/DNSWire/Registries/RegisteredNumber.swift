/// A number of one of the DNS parameter registries. Unknown ones are kept as they are.
package protocol RegisteredNumber: RawRepresentable, Hashable, Sendable, CustomStringConvertible
where RawValue: FixedWidthInteger & Sendable {
    /// What precedes the number of one without a name: `TYPE` in `TYPE65280` (RFC 3597 section 5).
    static var unnamedPrefix: String { get }
    /// The numbers with names, as text shows them.
    static var names: [Self: String] { get }

    init(rawValue: RawValue)
}

extension RegisteredNumber {
    /// The name, or the prefix and the number.
    package var description: String { Self.names[self] ?? "\(Self.unnamedPrefix)\(rawValue)" }

    /// Parses what `description` gives, in either case; nil for anything else.
    package init?(parsing text: some StringProtocol) {
        let text = text.uppercased()
        if let named = Self.names.first(where: { $0.value.uppercased() == text })?.key {
            self = named
        } else if text.hasPrefix(Self.unnamedPrefix), let number = RawValue(text.dropFirst(Self.unnamedPrefix.count)) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }
}
