import DNSWire
import NetworkTypes

// Address records, built from the addresses as the table has them: 4 or 16 octets each.

extension ZoneTable {
    /// Answers with the addresses of the type's family, or that there are none.
    func answerAddresses(
        _ addresses: AddressLayout,
        _ octets: Span<UInt8>,
        owner: Int,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard let family = lookup.type?.family, addresses.count(family) > 0 else {
            return answerNoData(owner: owner, apex, &lookup, &message)
        }
        let count = addresses.count(family)
        var index = count == 1 ? 0 : lookup.rotation % count
        let length = OutputSpan<UInt8>.recordHeaderLength + family.octetCount
        for _ in 0..<count {
            guard message.freeCapacity >= length else {
                lookup.answer.counts.isCut = true
                return
            }
            append(addresses.range(index, family), octets, owner: owner, family, &message)
            lookup.answer.counts.answers += 1
            index = index + 1 == count ? 0 : index + 1
        }
    }

    /// Answers with one address that is in no value: a pod's.
    func answerAddress(
        _ address: IPAddress,
        owner: Int,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        let family = address.family
        guard lookup.type?.family == family else { return answerNoData(owner: owner, apex, &lookup, &message) }
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + family.octetCount else {
            lookup.answer.counts.isCut = true
            return
        }
        message.appendHeader(
            owner: owner,
            ZoneRecordType(family),
            timeToLive: origin.timeToLive,
            length: family.octetCount
        )
        for shift in stride(from: family.bitWidth - 32, through: 0, by: -32) {
            message.append(UInt32(truncatingIfNeeded: address.number >> UInt128(shift)))
        }
        lookup.answer.counts.answers += 1
    }

    /// Adds all addresses of a name that stands in the message, as far as there is room.
    func appendAdditional(
        _ addresses: AddressLayout,
        _ octets: Span<UInt8>,
        owner: Int,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        appendAdditional(.ipv4, addresses, octets, owner: owner, &lookup, &message)
        appendAdditional(.ipv6, addresses, octets, owner: owner, &lookup, &message)
    }

    private func appendAdditional(
        _ family: AddressFamily,
        _ addresses: AddressLayout,
        _ octets: Span<UInt8>,
        owner: Int,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        for index in 0..<addresses.count(family) {
            guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + family.octetCount else { return }
            append(addresses.range(index, family), octets, owner: owner, family, &message)
            lookup.answer.counts.additionals += 1
        }
    }

    @inline(__always)
    private func append(
        _ address: Range<Int>,
        _ octets: Span<UInt8>,
        owner: Int,
        _ family: AddressFamily,
        _ message: inout OutputSpan<UInt8>
    ) {
        message.appendHeader(
            owner: owner,
            ZoneRecordType(family),
            timeToLive: origin.timeToLive,
            length: family.octetCount
        )
        message.append(octets, address)
    }
}
