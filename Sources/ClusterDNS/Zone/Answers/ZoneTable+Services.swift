import DNSWire
import NetworkTypes

// Names below svc.Z: NS, SVC.NS, HOST.SVC.NS and _PORT._PROTO.SVC.NS.

/// A service that a name leads to.
struct FoundService {
    let layout: ServiceLayout
    /// How many labels are before the service's.
    let before: Int
    /// The labels `SVC.NS` in the name that was looked up.
    let name: Range<Int>
    let hash: UInt64
    /// Where the service's name is in the message.
    let position: Int
    let apex: Apex
}

extension ZoneTable {
    /// - Parameter before: how many labels are before `svc`.
    func answerServices(
        _ name: Span<UInt8>,
        _ labels: borrowing LabelPlaces,
        _ before: Int,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard before > 0 else { return answerNoData(owner: labels.position, apex, &lookup, &message) }
        // Not even unknown services have such names: search lists go on at once.
        if before > 4 || (before == 4 && PortLabel.transport(name, labels.label(1)) == nil) {
            return answerNameError(apex, &lookup, &message)
        }
        guard isSynchronised else { return lookup.answer.code = .serverFailure }
        guard before > 1 else {
            guard hasNamespace(name, labels, 0) else { return answerNameError(apex, &lookup, &message) }
            return answerNoData(owner: labels.position, apex, &lookup, &message)
        }
        let key = labels.start(before - 2)..<labels.start(before)
        let hash = entries.hash(name, key)
        entries.page(of: hash).read(&lookup, &message) { slots, octets, lookup, message in
            guard let found = EntryPage.find(.service, name, key, hash, slots, octets) else {
                return answerNameError(apex, &lookup, &message)
            }
            let service = FoundService(
                layout: ServiceLayout(octets, at: found.lowerBound),
                before: before - 2,
                name: key,
                hash: hash,
                position: labels.position(before - 2),
                apex: apex
            )
            switch service.layout.form {
            case .absent: answerNameError(apex, &lookup, &message)
            case .external: answerAlias(service, octets, found, &lookup, &message)
            case .clusterIP, .headless: answerRecords(service, octets, name, labels, &lookup, &message)
            }
        }
    }

    /// Whether the namespace that a label names exists.
    func hasNamespace(_ name: Span<UInt8>, _ labels: borrowing LabelPlaces, _ index: Int) -> Bool {
        let key = labels.start(index)..<labels.start(index + 1)
        let hash = entries.hash(name, key)
        return entries.page(of: hash).read { slots, octets in
            EntryPage.find(.namespace, name, key, hash, slots, octets) != nil
        }
    }

    /// Writes a CNAME record, and goes on with its target. Nothing is below an alias: else it would take names that search
    /// lists try on their way to others.
    private func answerAlias(
        _ service: FoundService,
        _ octets: Span<UInt8>,
        _ value: Range<Int>,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard service.before == 0 else { return answerNameError(service.apex, &lookup, &message) }
        guard lookup.follow(service.hash) else { return }
        let target = value.lowerBound + 1..<value.upperBound
        guard message.freeCapacity >= OutputSpan<UInt8>.recordHeaderLength + target.count else {
            lookup.answer.counts.isCut = true
            return
        }
        message.appendHeader(owner: service.position, .cname, timeToLive: origin.timeToLive, length: target.count)
        let position = message.count
        message.append(octets, target)
        lookup.answer.counts.answers += 1
        guard lookup.type != .cname, lookup.type != .any else { return }
        if !find(octets.extracting(target), entries.hash(octets, target), at: position, &lookup, &message) {
            lookup.answer.outcome = .needsTarget(at: position)
        }
    }

    private func answerRecords(
        _ service: FoundService,
        _ octets: Span<UInt8>,
        _ name: Span<UInt8>,
        _ labels: borrowing LabelPlaces,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        let layout = service.layout
        var ports = PortSelection.all
        switch service.before {
        case 0: break
        case 1:
            if let host = layout.host(labels.label(0), of: name, octets) {
                return answerAddresses(
                    host.addresses,
                    octets,
                    owner: labels.position,
                    service.apex,
                    &lookup,
                    &message
                )
            }
            // A protocol that some port has: the port's name is below it.
            guard let transport = PortLabel.transport(name, labels.label(0)),
                layout.hasNamedPort(transport, octets)
            else { return answerNameError(service.apex, &lookup, &message) }
            return answerNoData(owner: labels.position, service.apex, &lookup, &message)
        default:
            guard let transport = PortLabel.transport(name, labels.label(1)) else {
                return answerNameError(service.apex, &lookup, &message)
            }
            ports = .named(PortLabel.stripped(name, labels.label(0)), transport)
        }
        // At the service's own name only SRV records depend on its ports.
        let isOwnName = service.before == 0
        let matches = isOwnName && lookup.type != .srv ? PortMatches() : layout.matches(ports, of: name, octets)
        guard isOwnName || matches.count > 0 else { return answerNameError(service.apex, &lookup, &message) }
        guard lookup.type == .srv, matches.entries > 0 else {
            return answerAddresses(
                layout.addresses,
                octets,
                owner: labels.position,
                service.apex,
                &lookup,
                &message
            )
        }
        answerPorts(service, ports, matches, octets, name, owner: labels.position, &lookup, &message)
    }
}
