/// A domain name in wire form (RFC 1035 section 3.1): labels, each behind its length, ending with the root's zero octet.
///
/// Always 1…255 octets, labels of 1…63. The case of letters is kept, but names that differ only in it are equal (RFC 4343).
package struct DNSName: Hashable, Sendable {
    /// The longest name in octets, with all length octets (RFC 1035 section 2.3.4).
    package static let maximumLength = 255
    /// The longest label in octets.
    package static let maximumLabelLength = 63

    /// The name `.`, of no labels.
    package static let root = DNSName(validated: [0])

    /// The octets, uncompressed, with the root's zero at the end.
    package let wire: [UInt8]

    /// The name of octets that are known to be one.
    init(validated wire: [UInt8]) {
        self.wire = wire
    }

    /// The name in wire form, which must end with the last octet. Pointers are not allowed.
    package init(wire: [UInt8]) throws(DNSNameError) {
        var offset = 0
        while offset < wire.count, wire[offset] != 0 {
            guard wire[offset] <= Self.maximumLabelLength else { throw DNSNameError(wire: wire, .longLabel) }
            offset += 1 + Int(wire[offset])
        }
        guard offset == wire.count - 1 else { throw DNSNameError(wire: wire, .unterminated) }
        guard wire.count <= Self.maximumLength else { throw DNSNameError(wire: wire, .longName) }
        self.wire = wire
    }

    /// The name of these labels, the first the furthest from the root. Octets are taken as they are: no escapes.
    package init(labels: some Sequence<some Collection<UInt8>>) throws(DNSNameError) {
        var wire: [UInt8] = []
        var fault: DNSNameError.Fault?
        for label in labels {
            if label.isEmpty { fault = fault ?? .emptyLabel }
            if label.count > Self.maximumLabelLength { fault = fault ?? .longLabel }
            wire.append(UInt8(truncatingIfNeeded: label.count))
            wire.append(contentsOf: label)
        }
        wire.append(0)
        if wire.count > Self.maximumLength { fault = fault ?? .longName }
        if let fault { throw DNSNameError(wire: wire, fault) }
        self.wire = wire
    }

    package static func == (left: DNSName, right: DNSName) -> Bool {
        guard left.wire.count == right.wire.count else { return false }
        return ASCIICase.areEqual(left.wire.span, right.wire.span)
    }

    package func hash(into hasher: inout Hasher) {
        let octets = wire.span
        var offset = 0
        while offset + 8 <= octets.count {
            hasher.combine(ASCIICase.folded(ASCIICase.word(in: octets, at: offset)))
            offset += 8
        }
        while offset < octets.count {
            hasher.combine(ASCIICase.folded(octets[offset]))
            offset += 1
        }
    }

    /// The same name with every letter in lower case.
    package var folded: DNSName { DNSName(validated: wire.map { ASCIICase.folded($0) }) }
}

extension DNSName: Comparable {
    /// The canonical order (RFC 4034 section 6.1): label by label from the root, as octets in lower case.
    package static func < (left: DNSName, right: DNSName) -> Bool {
        for (a, b) in zip(left.labels.reversed(), right.labels.reversed()) {
            let a = a.map { ASCIICase.folded($0) }
            let b = b.map { ASCIICase.folded($0) }
            if a != b { return a.lexicographicallyPrecedes(b) }
        }
        return left.labelCount < right.labelCount
    }
}
