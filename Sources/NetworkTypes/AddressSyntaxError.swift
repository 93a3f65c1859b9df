/// Text that is not the address, prefix or port it was taken for.
package struct AddressSyntaxError: Error, Hashable, CustomStringConvertible {
    /// The text as it was given.
    package let text: String
    /// What was expected, as a noun phrase: "an IPv4 address".
    package let expected: String
    /// What is wrong with the text, when more can be said than that it does not parse.
    package let reason: String?

    package init(text: String, expected: String, reason: String? = nil) {
        self.text = text
        self.expected = expected
        self.reason = reason
    }

    package var description: String {
        let complaint = "'\(text)' is not \(expected)"
        guard let reason else { return complaint }
        return "\(complaint): \(reason)"
    }
}
