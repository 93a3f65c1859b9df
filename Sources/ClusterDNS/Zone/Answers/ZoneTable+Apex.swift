import DNSWire
import NetworkTypes

// What a zone says of itself, and what it says where it has nothing.

extension ZoneTable {
    /// An SOA record may be kept no longer than this, in seconds.
    private static let longestAuthority: UInt32 = 300

    func answerApex(_ apex: Apex, _ lookup: inout ZoneLookup, _ message: inout OutputSpan<UInt8>) {
        switch lookup.type {
        case .soa:
            if appendAuthority(apex, &message) {
                lookup.answer.counts.answers += 1
            } else {
                lookup.answer.counts.isCut = true
            }
        case .ns: answerNameServer(apex, &lookup, &message)
        default: answerNoData(owner: apex.position, apex, &lookup, &message)
        }
    }

    private func answerNameServer(_ apex: Apex, _ lookup: inout ZoneLookup, _ message: inout OutputSpan<UInt8>) {
        let length = origin.nameServer.count + (apex.isClusterZone ? 2 : origin.octets.count)
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + length else {
            lookup.answer.counts.isCut = true
            return
        }
        message.appendHeader(owner: apex.position, .ns, timeToLive: origin.timeToLive, length: length)
        let target = message.count
        append(origin.nameServer, apex, &message)
        lookup.answer.counts.answers += 1
        appendAdditional(origin.addressLayout, origin.addresses.span, owner: target, &lookup, &message)
    }

    func answerVersion(
        owner: Int,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard lookup.type == .txt else { return answerNoData(owner: owner, apex, &lookup, &message) }
        answer(.txt, origin.version, owner: owner, &lookup, &message)
    }

    /// The name exists, but not with this type.
    func answerNoData(
        owner: Int,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        if lookup.type == .any { return answer(.hinfo, origin.anyReply, owner: owner, &lookup, &message) }
        if appendAuthority(apex, &message) { lookup.answer.counts.authorities += 1 }
    }

    /// The name does not exist. At the end of a chain of CNAMEs that is told as no data.
    func answerNameError(_ apex: Apex, _ lookup: inout ZoneLookup, _ message: inout OutputSpan<UInt8>) {
        if lookup.chainLength == 0, !lookup.hasHostBelow { lookup.answer.code = .nameError }
        if appendAuthority(apex, &message) { lookup.answer.counts.authorities += 1 }
    }

    private func answer(
        _ type: ZoneRecordType,
        _ data: [UInt8],
        owner: Int,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + data.count else {
            lookup.answer.counts.isCut = true
            return
        }
        message.appendHeader(owner: owner, type, timeToLive: origin.timeToLive, length: data.count)
        message.append(data.span, 0..<data.count)
        lookup.answer.counts.answers += 1
    }

    /// Writes an SOA record; false if there is no room for it.
    private func appendAuthority(_ apex: Apex, _ message: inout OutputSpan<UInt8>) -> Bool {
        // Another zone's name server is in Z: its name is written out, and the mailbox points into it.
        let zone = apex.isClusterZone ? 2 : origin.octets.count
        let length = origin.nameServer.count + zone + origin.hostmaster.count + 2 + 20
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + length else { return false }
        let timeToLive = min(origin.timeToLive, Self.longestAuthority)
        message.appendHeader(owner: apex.position, .soa, timeToLive: timeToLive, length: length)
        let written = message.count + origin.nameServer.count
        append(origin.nameServer, apex, &message)
        message.append(origin.hostmaster.span, 0..<origin.hostmaster.count)
        message.append(pointerTo: apex.isClusterZone ? apex.position : written)
        message.append(serial)
        message.append(7_200 as UInt32)  // refresh
        message.append(1_800 as UInt32)  // retry
        message.append(86_400 as UInt32)  // expire
        message.append(origin.timeToLive)
        return true
    }

    /// Writes a name in Z.
    private func append(_ labels: [UInt8], _ apex: Apex, _ message: inout OutputSpan<UInt8>) {
        message.append(labels.span, 0..<labels.count)
        if apex.isClusterZone {
            message.append(pointerTo: apex.position)
        } else {
            message.append(origin.octets.span, 0..<origin.octets.count)
        }
    }
}
