import DNSWire
import NetworkTypes

// Reverse names: authority for the own networks, and PTR records of any address that has a name.

extension ZoneTable {
    /// Returns whether the name is the cluster's.
    func answerReverse(
        _ reverse: ReverseName,
        _ labels: borrowing LabelPlaces,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        let apexLabel = apexLabel(of: reverse)
        let apex = Apex(position: labels.position(apexLabel ?? 0), isClusterZone: false)
        if apexLabel == 0 {
            answerApex(apex, &lookup, &message)
            return true
        }
        if let address = reverse.address, answerNames(of: address, labels, apex, &lookup, &message) { return true }
        guard apexLabel != nil else { return false }
        if reverse.isPartial {
            answerNoData(owner: labels.position, apex, &lookup, &message)
        } else if reverse.address != nil, !isSynchronised {
            lookup.answer.code = .serverFailure
        } else {
            answerNameError(apex, &lookup, &message)
        }
        return true
    }

    /// The label that the zone begins with which the name is in, if it is one of ours: the innermost one.
    private func apexLabel(of reverse: ReverseName) -> Int? {
        var innermost: Int?
        for index in 0..<origin.networks.count {
            guard let apex = reverse.apex(in: origin.networks[index]) else { continue }
            innermost = min(innermost ?? apex, apex)
        }
        return innermost
    }

    private func answerNames(
        of address: IPAddress,
        _ labels: borrowing LabelPlaces,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        var key = InlineArray<16, UInt8>(repeating: 0)
        let length = address.family.octetCount
        for index in 0..<length {
            key[index] = UInt8(truncatingIfNeeded: address.number >> UInt128(8 * (length - 1 - index)))
        }
        let octets = key.span
        let hash = entries.hash(octets, 0..<length)
        return entries.page(of: hash).read(&lookup, &message) { slots, page, lookup, message in
            guard let found = EntryPage.find(.address, octets, 0..<length, hash, slots, page) else { return false }
            answerNames(found, page, labels, apex, &lookup, &message)
            return true
        }
    }

    private func answerNames(
        _ found: Range<Int>,
        _ octets: Span<UInt8>,
        _ labels: borrowing LabelPlaces,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard lookup.type == .ptr else { return answerNoData(owner: labels.position, apex, &lookup, &message) }
        // Names of one rank stand together, those that win first.
        let rank = octets[found.lowerBound]
        var place = found.lowerBound
        while place < found.upperBound, octets[place] == rank {
            let end = place + 2 + Int(octets[place + 1])
            guard append(place + 2..<end, rank: rank, octets, owner: labels.position, &message) else {
                lookup.answer.counts.isCut = true
                break
            }
            lookup.answer.counts.answers += 1
            if rank == NameRank.service.rawValue { break }
            place = end
        }
    }

    /// Writes a PTR record; false if there is no room for it.
    private func append(
        _ name: Range<Int>,
        rank: UInt8,
        _ octets: Span<UInt8>,
        owner: Int,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        let isRelative = rank >= NameRank.service.rawValue
        let length = name.count + (isRelative ? origin.serviceOctets.count : 0)
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + length else { return false }
        message.appendHeader(owner: owner, .ptr, timeToLive: origin.timeToLive, length: length)
        message.append(octets, name)
        if isRelative { message.append(origin.serviceOctets.span, 0..<origin.serviceOctets.count) }
        return true
    }
}
