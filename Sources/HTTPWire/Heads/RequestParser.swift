/// Reads heads of requests, however their octets come in (RFC 9112).
///
/// What one reader could take for another message than the next one does is refused. A head is read where it stands:
/// nothing is copied, and after the first heads no memory is taken. Between calls nothing is remembered of a head that is
/// not complete, so that one parser can serve many connections.
package struct RequestParser: Sendable {
    private let limits: HeadLimits
    private let names = FieldNameTable.shared
    /// The head that was read last. A copy of it makes the next one take memory.
    package private(set) var head = RequestHead()

    package init(_ limits: HeadLimits) {
        self.limits = limits
    }

    /// Reads a head, or what there is of it.
    ///
    /// - Parameters:
    ///   - octets: all there are of the message, from its first one on.
    ///   - scanned: 0 for a new message, then what the last call for the same message left there.
    package mutating func parse(_ octets: Span<UInt8>, resumingAt scanned: inout Int) -> HeadProgress {
        var place = HeadPlace(resuming: scanned)
        guard place.isReadable(octets) else { return settle(octets, .fieldName, place, &scanned) }
        if let result = begin(octets, &place) { return result }
        switch RequestLine.read(octets, at: place.lineStart, limits, into: &head) {
        case .short: return settle(octets, .version, place, &scanned)
        case .bad(let fault):
            if fault == .unsupportedVersion, let result = Self.preface(octets) { return result }
            return settle(octets, fault, place, &scanned)
        case .read(let next):
            guard next &- place.sectionStart <= limits.firstLine else { return .refused(.longTarget) }
            place.begin(at: next)
        }
        let progress = FieldSection.read(octets, &place, limits, names, into: &head.fields, &scanned)
        guard case .complete = progress, let fault = head.finish(octets, names) else { return progress }
        return .refused(fault)
    }

    /// Begins a message. Returns a result if there is one already.
    @inline(__always)
    private mutating func begin(_ octets: Span<UInt8>, _ place: inout HeadPlace) -> HeadProgress? {
        guard octets.count > 0 else { return .incomplete }
        var start = 0
        // One empty line before a request is skipped (RFC 9112 section 2.2).
        if octets[0] == Octet.carriageReturn {
            guard octets.count > 1 else { return .incomplete }
            guard octets[1] == Octet.lineFeed else { return .refused(.bareCarriageReturn) }
            guard octets.count > 2 else { return .incomplete }
            start = 2
        }
        // Another protocol: no need to wait for the end of the line.
        guard Octet.isToken(octets[start]) else { return .refused(.method) }
        head.reset()
        place.begin(at: start)
        return nil
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
            excess: place.isInFields ? .longFields : .longTarget,
            &scanned
        )
    }

    /// The result if a line of another version is that of HTTP/2's preface, as far as it is there.
    private static func preface(_ octets: Span<UInt8>) -> HeadProgress? {
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8
        var index = 0
        for octet in preface {
            guard index < octets.count else { return .incomplete }
            guard octets[index] == octet else { return nil }
            index += 1
        }
        return .http2Preface
    }
}
