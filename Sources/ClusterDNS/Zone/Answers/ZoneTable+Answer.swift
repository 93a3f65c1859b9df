package import DNSWire

extension ZoneTable {
    /// Where the question's name begins in every message: behind the header.
    private static let questionPosition = 12

    /// Answers a question of class IN, if its name is one of the cluster's. Types that are no data (OPT, AXFR, …) are
    /// for the caller.
    ///
    /// - Parameters:
    ///   - name: the question's name in wire form and lower case, with the root.
    ///   - hash: that of the name, by the table's hasher.
    ///   - rotation: any number, another one each time: which of several addresses comes first.
    ///   - message: header and question, of which the name may have any case. Answer, authority and additional section
    ///     are written behind it as far as it has room.
    package func answer(
        _ name: Span<UInt8>,
        hash: UInt64,
        _ type: RecordType,
        rotation: UInt32,
        into message: inout OutputSpan<UInt8>
    ) -> ZoneAnswer {
        // Pages are read by their addresses: nothing else says that they have to stay until the end.
        defer { withExtendedLifetime(entries) {} }
        var lookup = ZoneLookup(type, rotation: rotation)
        if !find(name, hash, at: Self.questionPosition, &lookup, &message) { lookup.answer.outcome = .foreign }
        return lookup.answer
    }

    /// Answers for one name: the question's, or the target of a CNAME. Returns whether the name is the cluster's.
    ///
    /// - Parameter position: where the name stands in the message.
    func find(
        _ name: Span<UInt8>,
        _ hash: UInt64,
        at position: Int,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        let labels = LabelPlaces(name, at: position)
        guard labels.isName else { return false }
        let before = labels.count(before: origin.octets.span, of: origin.labelCount, in: name)
        lookup.hasHostBelow = false
        // A line of NodeHosts for Z itself does not hide that it is a zone.
        if hasHosts, before != 0 || lookup.type?.family != nil {
            let apex = before.map { Apex(position: labels.position($0), isClusterZone: true) }
            if answerHost(.host, name, 0, hash, labels, apex, &lookup, &message) { return true }
            if hasWildcards, before != 0, labels.count > 1 {
                let rest = labels.start(1)
                let hash = entries.hash(name, rest..<labels.end + 1)
                if answerHost(.wildcard, name, rest, hash, labels, apex, &lookup, &message) { return true }
            }
        }
        if let before {
            answerInZone(name, labels, before, &lookup, &message)
            return true
        }
        guard let reverse = ReverseName(name, labels) else { return false }
        return answerReverse(reverse, labels, &lookup, &message)
    }

    /// Answers if there is a host of the name that begins here, or a wildcard before it.
    private func answerHost(
        _ kind: EntryKind,
        _ name: Span<UInt8>,
        _ start: Int,
        _ hash: UInt64,
        _ labels: borrowing LabelPlaces,
        _ apex: Apex?,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        entries.page(of: hash).read(&lookup, &message) { slots, octets, lookup, message in
            guard let found = EntryPage.find(kind, name, start..<labels.end + 1, hash, slots, octets) else {
                return false
            }
            return answerHost(found, octets, labels, apex, &lookup, &message)
        }
    }

    /// Answers if the host has addresses itself. Names outside Z are each a zone of their own.
    private func answerHost(
        _ value: Range<Int>,
        _ octets: Span<UInt8>,
        _ labels: borrowing LabelPlaces,
        _ apex: Apex?,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        let addresses = HostValue.layout(octets, at: value.lowerBound)
        guard addresses.start < addresses.end else {
            lookup.hasHostBelow = true
            return false
        }
        let own = Apex(position: labels.position, isClusterZone: false)
        if apex == nil, lookup.type == .soa || lookup.type == .ns {
            answerApex(own, &lookup, &message)
        } else {
            answerAddresses(addresses, octets, owner: labels.position, apex ?? own, &lookup, &message)
        }
        return true
    }

    private func answerInZone(
        _ name: Span<UInt8>,
        _ labels: borrowing LabelPlaces,
        _ before: Int,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        let apex = Apex(position: labels.position(before), isClusterZone: true)
        guard before > 0 else { return answerApex(apex, &lookup, &message) }
        switch ZoneBranch(name, labels.label(before - 1)) {
        case .services: answerServices(name, labels, before - 1, apex, &lookup, &message)
        case .pods: answerPod(name, labels, before - 1, apex, &lookup, &message)
        case .server where before == 1: answerNoData(owner: labels.position, apex, &lookup, &message)
        case .server where before == 2 && ZoneBranch.isNameServer(name, labels.label(0)):
            answerAddresses(
                origin.addressLayout,
                origin.addresses.span,
                owner: labels.position,
                apex,
                &lookup,
                &message
            )
        case .version where before == 1: answerVersion(owner: labels.position, apex, &lookup, &message)
        case .server, .version, nil: answerNameError(apex, &lookup, &message)
        }
    }
}

/// What is directly below Z.
private enum ZoneBranch {
    case services
    case pods
    case server
    case version

    /// The branch of a label in lower case.
    init?(_ name: Span<UInt8>, _ label: Range<Int>) {
        let start = label.lowerBound
        switch label.count {
        case 3 where Self.isEqual(name, start, (0x73, 0x76, 0x63)): self = .services
        case 3 where Self.isEqual(name, start, (0x70, 0x6f, 0x64)): self = .pods
        case 3 where Self.isEqual(name, start, (0x64, 0x6e, 0x73)): self = .server
        case 11 where Self.isVersion(name, start): self = .version
        default: return nil
        }
    }

    /// Whether the label is `ns`.
    static func isNameServer(_ name: Span<UInt8>, _ label: Range<Int>) -> Bool {
        label.count == 2 && name.number16(at: label.lowerBound) == 0x6e73
    }

    private static func isEqual(_ name: Span<UInt8>, _ start: Int, _ text: (UInt8, UInt8, UInt8)) -> Bool {
        name[start] == text.0 && name[start + 1] == text.1 && name[start + 2] == text.2
    }

    /// `dns-version`, the rest of which no other name begins with.
    private static func isVersion(_ name: Span<UInt8>, _ start: Int) -> Bool {
        name.number32(at: start) == 0x646e_732d && name.number32(at: start + 4) == 0x7665_7273
            && isEqual(name, start + 8, (0x69, 0x6f, 0x6e))
    }
}
