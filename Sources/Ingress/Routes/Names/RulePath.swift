/// The path of a rule in the form that paths of requests have when they are looked up: what needs no escape has none, other
/// escapes are in upper case (RFC 3986 section 6.2.2).
package struct RulePath: Hashable, Sendable {
    /// Begins with `/`.
    package let octets: [UInt8]

    /// - Parameters:
    ///   - text: as it is written; an empty one stands for `/`.
    ///   - mergesSlashes: whether several slashes in a row count as one.
    init(_ text: String, mergesSlashes: Bool) {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count)
        var rest = Array(text.utf8)[...]
        if rest.first != .slash { octets.append(.slash) }
        while let octet = rest.popFirst() {
            if octet == .slash, mergesSlashes, octets.last == .slash { continue }
            let escaped = octet == .percent ? Self.escaped(rest) : nil
            if escaped != nil { rest = rest.dropFirst(2) }
            let meant = escaped ?? octet
            if escaped == nil ? meant.standsInPaths : meant.isUnreserved {
                octets.append(meant)
            } else {
                octets += [.percent, Self.digits[Int(meant >> 4)], Self.digits[Int(meant & 0x0f)]]
            }
        }
        self.octets = octets
    }

    /// Whether it ends with a slash that is not all of it.
    var endsWithSlash: Bool { octets.count > 1 && octets.last == .slash }

    /// What stands between the slashes, without the empty element behind one at the end; none for `/`.
    var elements: [ArraySlice<UInt8>] {
        var elements = octets.dropFirst().split(separator: .slash, omittingEmptySubsequences: false)
        if elements.last?.isEmpty == true { elements.removeLast() }
        return elements
    }

    /// Whether a request can have it: dots that stand for a place are resolved before.
    var isReachable: Bool {
        !elements.contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
    }

    /// Whether paths that begin with the elements of this one include the other.
    func covers(_ other: RulePath) -> Bool {
        let (own, others) = (elements, other.elements)
        return own.count <= others.count && zip(own, others).allSatisfy { $0.elementsEqual($1) }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// The octet whose two digits these begin with.
    private static func escaped(_ rest: ArraySlice<UInt8>) -> UInt8? {
        guard rest.count >= 2, let high = rest[rest.startIndex].hexadecimal,
            let low = rest[rest.startIndex + 1].hexadecimal
        else { return nil }
        return high << 4 | low
    }
}

extension RulePath: CustomStringConvertible {
    package var description: String { String(decoding: octets, as: UTF8.self) }
}

extension UInt8 {
    static let slash = UInt8(ascii: "/")
    static let percent = UInt8(ascii: "%")

    fileprivate var hexadecimal: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self & 0x0f
        case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"): (self & 0x0f) + 9
        default: nil
        }
    }

    /// Letters, digits, `-`, `.`, `_` and `~` (RFC 3986 section 2.3).
    fileprivate var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }

    /// What a request can have in its path without an escape.
    fileprivate var standsInPaths: Bool {
        self > 0x20 && self < 0x7f && self != .percent && self != UInt8(ascii: "#") && self != UInt8(ascii: "?")
    }
}
