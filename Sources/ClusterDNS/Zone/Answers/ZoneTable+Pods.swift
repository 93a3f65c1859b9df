import DNSWire

// Names below pod.Z: NS, and A-B-C-D.NS, which no pod needs to exist for.

extension ZoneTable {
    /// - Parameter before: how many labels are before `pod`.
    func answerPod(
        _ name: Span<UInt8>,
        _ labels: borrowing LabelPlaces,
        _ before: Int,
        _ apex: Apex,
        _ lookup: inout ZoneLookup,
        _ message: inout OutputSpan<UInt8>
    ) {
        guard before > 0 else { return answerNoData(owner: labels.position, apex, &lookup, &message) }
        let address = before == 2 ? DashedAddress.address(name, labels.label(0)) : nil
        guard before == 1 || address != nil else { return answerNameError(apex, &lookup, &message) }
        guard isSynchronised else { return lookup.answer.code = .serverFailure }
        guard hasNamespace(name, labels, before - 1) else { return answerNameError(apex, &lookup, &message) }
        if let address {
            answerAddress(address, owner: labels.position, apex, &lookup, &message)
        } else {
            answerNoData(owner: labels.position, apex, &lookup, &message)
        }
    }
}
