/// Reads heads of responses, one behind the other, however their octets come in (RFC 9112).
///
/// As strict as `RequestParser`: what is refused is no response, and its connection is of no use any more.
package struct ResponseParser: Sendable {
    private let limits: HeadLimits
    private let names = FieldNameTable.shared
    private var place = LinePlace()
    private var isInFields = false
    /// The head that was read last. A copy of it makes the next one take memory.
    package private(set) var head = ResponseHead()

    package init(_ limits: HeadLimits) {
        self.limits = limits
    }

    /// Reads a head, or what there is of it.
    ///
    /// - Parameters:
    ///   - octets: all there are of the message, from its first one on.
    ///   - scanned: 0 for a new message, then what the last call left there.
    ///   - method: that of the request, which decides whether there is a body.
    package mutating func parse(
        _ octets: Span<UInt8>,
        resumingAt scanned: inout Int,
        to method: HTTPMethod
    ) -> HeadProgress {
        if scanned == 0 {
            guard octets.count > 0 else { return .incomplete }
            // No response begins otherwise: no need to wait for the end of the line.
            guard octets[0] == 0x48 else { return .refused(.statusLine) }
            head.reset()
            isInFields = false
            place = LinePlace()
        }
        guard place.isReadable(octets, scanned: scanned) else { return settle(octets, .fieldName, &scanned) }
        if !isInFields {
            switch StatusLine.read(octets, at: place.start, into: &head) {
            case .short: return settle(octets, .statusLine, &scanned)
            case .bad(let fault): return settle(octets, fault, &scanned)
            case .read(let next):
                guard next <= limits.firstLine else { return .refused(.longFields) }
                isInFields = true
                place = LinePlace(start: next, sectionStart: next)
            }
        }
        return fields(octets, to: method, &scanned)
    }

    @inline(__always)
    private mutating func fields(
        _ octets: Span<UInt8>,
        to method: HTTPMethod,
        _ scanned: inout Int
    ) -> HeadProgress {
        while true {
            let outcome = FieldSection.readLine(octets, place, limits, names, into: &head.fields)
            switch outcome {
            case .field(let next): place.start = next
            case .end(let next):
                if let fault = head.finish(octets, to: method, names) { return .refused(fault) }
                return .complete(length: next)
            case .short: return settle(octets, .fieldName, &scanned)
            case .bad(let fault): return settle(octets, fault, &scanned)
            case .refused(let fault): return .refused(fault)
            }
        }
    }

    private func settle(_ octets: Span<UInt8>, _ fault: HeadFault, _ scanned: inout Int) -> HeadProgress {
        place.settle(
            octets,
            fault,
            limit: isInFields ? limits.fields : limits.firstLine,
            excess: .longFields,
            scanned: &scanned
        )
    }
}
