/// Labels of names in wire form, in lower case: an octet of length before at most 63 octets.
enum LabelOctets {
    /// The longest label in octets (RFC 1035 section 2.3.4).
    static let maximum = 63

    /// The octets of one label without its length, in lower case, or nil if the text cannot be one.
    static func label(_ text: String) -> [UInt8]? {
        guard (1...maximum).contains(text.utf8.count) else { return nil }
        return text.utf8.map(lowerCase)
    }

    /// The labels, each behind its length, without the root's; nil if one of them cannot be a label. Capitals cannot be,
    /// in names of objects: two objects would have one name.
    static func wire(_ texts: String...) -> [UInt8]? {
        var wire: [UInt8] = []
        for text in texts {
            guard let label = label(text), label.elementsEqual(text.utf8) else { return nil }
            wire.append(UInt8(label.count))
            wire += label
        }
        return wire
    }

    /// Only A…Z change, whatever the locale (RFC 4343).
    static func lowerCase(_ octet: UInt8) -> UInt8 {
        octet &- UInt8(ascii: "A") < 26 ? octet | 0x20 : octet
    }
}
