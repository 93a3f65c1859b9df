extension DNSName {
    package var isRoot: Bool { wire.count == 1 }

    /// The labels without the root, the first the furthest from it.
    package var labels: [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var offset = 0
        while wire[offset] != 0 {
            let end = offset + 1 + Int(wire[offset])
            labels.append(wire[offset + 1..<end])
            offset = end
        }
        return labels
    }

    /// The number of labels without the root: 0…127.
    package var labelCount: Int {
        var count = 0
        var offset = 0
        while wire[offset] != 0 {
            offset += 1 + Int(wire[offset])
            count += 1
        }
        return count
    }

    /// The name without its first label, or nil for the root.
    package var parent: DNSName? {
        isRoot ? nil : DNSName(validated: Array(wire[(1 + Int(wire[0]))...]))
    }

    /// Whether the name is `zone` or has it as an ancestor.
    package func isEqualOrBelow(_ zone: DNSName) -> Bool {
        let start = wire.count - zone.wire.count
        guard start >= 0 else { return false }
        var offset = 0
        while offset < start { offset += 1 + Int(wire[offset]) }
        // Where no label starts there, the octets may still look alike.
        guard offset == start else { return false }
        return ASCIICase.areEqual(wire.span.extracting(start...), zone.wire.span)
    }

    /// The name with one more label before it. Octets are taken as they are: a dot becomes part of the label.
    package func prepending(_ label: some Collection<UInt8>) throws(DNSNameError) -> DNSName {
        var wire: [UInt8] = []
        wire.reserveCapacity(1 + label.count + self.wire.count)
        wire.append(UInt8(truncatingIfNeeded: label.count))
        wire += label
        wire += self.wire
        if label.isEmpty { throw DNSNameError(wire: wire, .emptyLabel) }
        if label.count > Self.maximumLabelLength { throw DNSNameError(wire: wire, .longLabel) }
        if wire.count > Self.maximumLength { throw DNSNameError(wire: wire, .longName) }
        return DNSName(validated: wire)
    }

    /// The name with one more label before it, in UTF-8. A dot becomes part of the label.
    package func prepending(_ label: some StringProtocol) throws(DNSNameError) -> DNSName {
        try prepending(Array(label.utf8))
    }

    /// All labels of the name followed by those of `suffix`.
    package func appending(_ suffix: DNSName) throws(DNSNameError) -> DNSName {
        let wire = wire.dropLast() + suffix.wire
        guard wire.count <= Self.maximumLength else { throw DNSNameError(text: "\(self)\(suffix)", .longName) }
        return DNSName(validated: Array(wire))
    }

    /// The labels before `zone`, the first the furthest from the root, or nil if the name is not in the zone.
    package func labels(below zone: DNSName) -> [ArraySlice<UInt8>]? {
        isEqualOrBelow(zone) ? Array(labels.dropLast(zone.labelCount)) : nil
    }
}
