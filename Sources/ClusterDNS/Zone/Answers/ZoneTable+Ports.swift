import DNSWire
import NetworkTypes

// SRV records, and the addresses of their targets.

/// One SRV record to be written.
private struct PortTarget {
    /// The endpoint's label in the service's value; nil if the service itself is the target.
    let label: Range<Int>?
    let number: UInt16
    let weight: UInt16
}

extension ZoneTable {
    /// Priority, weight and port (RFC 2782).
    private static let serviceHeaderLength = 6

    /// Answers with one record for each selected port and target.
    func answerPorts(
        _ service: FoundService,
        _ ports: PortSelection,
        _ matches: PortMatches,
        _ octets: Span<UInt8>,
        _ name: Span<UInt8>,
        owner: Int,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        let layout = service.layout
        var place = layout.firstPort
        var last: PortLayout?
        for _ in 0..<layout.portCount {
            let port = PortLayout(octets, at: place)
            place = port.end
            guard port.isSelected(ports, of: name, octets) else { continue }
            last = port
            let count = ports.targets(of: port)
            for turn in 0..<count {
                let label = port.hostCount == 0 ? nil : host(turn, of: count, port, layout, octets, lookup).label
                let target = PortTarget(label: label, number: port.number, weight: matches.weight)
                guard append(target, service, octets, name, owner: owner, &message) else {
                    lookup.answer.counts.isCut = true
                    return
                }
                lookup.answer.counts.answers += 1
            }
        }
        guard layout.form == .headless else {
            return appendAdditional(layout.addresses, octets, owner: service.position, &lookup, &message)
        }
        appendTargets(service, matches.count == 1 ? last : nil, octets, &lookup, &message)
    }

    /// The host whose turn it is among those of a port.
    private func host(
        _ turn: Int,
        of count: Int,
        _ port: PortLayout,
        _ layout: ServiceLayout,
        _ octets: Span<UInt8>,
        _ lookup: ZoneLookup
    ) -> HostLayout {
        layout.host(port.host((turn + lookup.rotation) % count, octets), octets)
    }

    private func append(
        _ target: PortTarget,
        _ service: FoundService,
        _ octets: Span<UInt8>,
        _ name: Span<UInt8>,
        owner: Int,
        _ message: inout OutputSpan<UInt8>
    ) -> Bool {
        let label = target.label.map { $0.count + 1 } ?? 0
        let length = Self.serviceHeaderLength + label + service.name.count + origin.serviceOctets.count
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + length else { return false }
        message.appendHeader(owner: owner, .srv, timeToLive: origin.timeToLive, length: length)
        message.append(0 as UInt16)  // priority
        message.append(target.weight)
        message.append(target.number)
        if let label = target.label { message.append(octets, label.lowerBound - 1..<label.upperBound) }
        message.append(name, service.name)
        message.append(origin.serviceOctets.span, 0..<origin.serviceOctets.count)
        return true
    }

    /// Adds the addresses of one port's targets, or of all hosts: several ports nearly always have the same targets, each
    /// of which is told once.
    private func appendTargets(
        _ service: FoundService,
        _ port: PortLayout?,
        _ octets: Span<UInt8>,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        let count = port?.hostCount ?? service.layout.hostCount
        for turn in 0..<count {
            let host =
                if let port {
                    host(turn, of: count, port, service.layout, octets, lookup)
                } else {
                    service.layout.host(turn, octets)
                }
            appendTarget(.ipv4, host, service, octets, &lookup, &message)
            appendTarget(.ipv6, host, service, octets, &lookup, &message)
        }
    }

    /// The owner is the host's label before the service's name, which stands in the question.
    private func appendTarget(
        _ family: AddressFamily,
        _ host: HostLayout,
        _ service: FoundService,
        _ octets: Span<UInt8>,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        let labelLength = host.label.count + 1
        let length = labelLength + OutputSpan<UInt8>.recordHeaderLength + family.octetCount
        for index in 0..<host.addresses.count(family) {
            guard message.freeCapacity >= length else { return }
            message.append(octets, host.label.lowerBound - 1..<host.label.upperBound)
            message.append(pointerTo: service.position)
            message.append(ZoneRecordType(family), timeToLive: origin.timeToLive, length: family.octetCount)
            message.append(octets, host.addresses.range(index, family))
            lookup.answer.counts.additionals += 1
        }
    }
}
