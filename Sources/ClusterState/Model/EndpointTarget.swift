/// What tells the pod behind an endpoint from all others that there were or will be (`targetRef`).
package enum EndpointTarget: Hashable, Sendable {
    /// The two halves of a UUID: a cluster may have a hundred thousand of them.
    case uid(UInt64, UInt64)
    /// A UID of another form, or `NAMESPACE/NAME` where there is none.
    case named(String)

    /// Nil if nothing is told. Without a namespace the name stands alone.
    package init?(uid: String?, namespace: String?, name: String?) {
        if let uid, !uid.isEmpty {
            self = Self.halves(uid) ?? .named(uid)
        } else if let name, !name.isEmpty {
            self = .named(namespace.map { "\($0)/\(name)" } ?? name)
        } else {
            return nil
        }
    }

    /// Of a UUID in the one form that Kubernetes writes: lower case, with dashes (RFC 9562 section 4).
    private static func halves(_ text: String) -> EndpointTarget? {
        guard text.utf8.count == 36 else { return nil }
        var number: UInt128 = 0
        for (index, octet) in text.utf8.enumerated() {
            switch (index, octet) {
            case (8, _), (13, _), (18, _), (23, _):
                guard octet == UInt8(ascii: "-") else { return nil }
            case (_, UInt8(ascii: "0")...UInt8(ascii: "9")): number = number << 4 | UInt128(octet & 0x0f)
            case (_, UInt8(ascii: "a")...UInt8(ascii: "f")): number = number << 4 | UInt128(octet - 87)
            default: return nil
            }
        }
        return .uid(UInt64(truncatingIfNeeded: number >> 64), UInt64(truncatingIfNeeded: number))
    }
}

extension EndpointTarget: CustomStringConvertible {
    /// The text that it was made of.
    package var description: String {
        switch self {
        case .named(let text): return text
        case .uid(let high, let low):
            let digits = Self.digits(high) + Self.digits(low)
            var text = ""
            for (index, digit) in digits.enumerated() {
                if [8, 12, 16, 20].contains(index) { text += "-" }
                text.append(digit)
            }
            return text
        }
    }

    private static func digits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
