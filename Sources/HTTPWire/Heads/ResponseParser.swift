/// Reads heads of responses, however their octets come in (RFC 9112).
///
/// As strict as `RequestParser`, and as forgetful: what is refused is no response, and its connection is of no use any
/// more.
package struct ResponseParser: Sendable {
    private let limits: HeadLimits
    private let names = FieldNameTable.shared
    /// The head that was read last. A copy of it makes the next one take memory.
    package private(set) var head = ResponseHead()

    package init(_ limits: HeadLimits) {
        self.limits = limits
    }

    /// Reads a head, or what there is of it.
    ///
    /// - Parameters:
    ///   - octets: all there are of the message, from its first one on.
    ///   - scanned: 0 for a new message, then what the last call for the same message left there.
    ///   - method: that of the request, which decides whether there is a body.
    package mutating func parse(
        _ octets: Span<UInt8>,
        resumingAt scanned: inout Int,
        to method: HTTPMethod
    ) -> HeadProgress {
        var place = HeadPlace(resuming: scanned)
        guard place.isReadable(octets) else { return settle(octets, .fieldName, place, &scanned) }
        guard octets.count > 0 else { return .incomplete }
        // No response begins otherwise: no need to wait for the end of the line.
        guard octets[0] == 0x48 else { return .refused(.statusLine) }
        head.reset()
        place.begin(at: 0)
        switch StatusLine.read(octets, at: 0, into: &head) {
        case .short: return settle(octets, .statusLine, place, &scanned)
        case .bad(let fault): return settle(octets, fault, place, &scanned)
        case .read(let next):
            guard next <= limits.firstLine else { return .refused(.longFields) }
            place.begin(at: next)
        }
        let progress = FieldSection.read(octets, &place, limits, names, into: &head.fields, &scanned)
        guard case .complete = progress, let fault = head.finish(octets, to: method, names) else { return progress }
        return .refused(fault)
    }

    private func settle(
        _ octets: Span<UInt8>,
        _ fault: HeadFault,
        _ place: HeadPlace,
        _ scanned: inout Int
    ) -> HeadProgress {
        place.settle(
            octets,
            fault,
            limit: place.isInFields ? limits.fields : limits.firstLine,
            excess: .longFields,
            &scanned
        )
    }
}
