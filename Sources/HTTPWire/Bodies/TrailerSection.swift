/// Gathers the fields behind the last chunk (RFC 9112 section 7.1.2).
struct TrailerSection: Sendable {
    private(set) var octets: [UInt8] = []
    /// Those that were read and may be passed on.
    private(set) var fields = FieldList()
    private var lineStart = 0
    private var count = 0

    /// What came of reading an octet.
    enum Outcome {
        case more
        case end
        case fault(HeadFault)
    }

    mutating func read(_ octet: UInt8, _ limits: ChunkLimits) -> Outcome {
        octets.append(octet)
        guard octets.count <= limits.trailers else { return .fault(.longFields) }
        // Lines are read when they are complete.
        guard octet == Octet.lineFeed else { return .more }
        if octets[lineStart] == Octet.carriageReturn {
            return octets.count - lineStart == 2 ? .end : .fault(.bareCarriageReturn)
        }
        guard count < limits.trailerCount else { return .fault(.tooManyFields) }
        var line = FieldList()
        switch FieldLine.read(octets.span, at: lineStart, .shared, into: &line) {
        case .short: return .fault(.fieldName)
        case .bad(let fault): return .fault(fault)
        case .read(let next):
            count += 1
            lineStart = next
            if line[0].name.mayTrail { fields.append(line[0]) }
            return .more
        }
    }
}

extension FieldName {
    /// Whether it may stand behind a body: nothing may that frames or routes the message, says who sends it, or how its
    /// body is to be read (RFC 9110 section 6.5.1).
    var mayTrail: Bool {
        switch self {
        case .host, .contentLength, .expect, .trailer, .maxForwards, .forwarded, .xForwardedFor, .xForwardedHost,
            .xForwardedPort, .xForwardedPrefix, .xForwardedProto, .xForwardedServer, .xForwardedTLSClientCert,
            .xForwardedTLSClientCertInfo, .xForwardedUser, .xRealIP, .authorization, .wwwAuthenticate, .cookie,
            .setCookie, .cacheControl, .range, .contentEncoding, .contentRange, .contentType:
            false
        default: !isOfConnection
        }
    }
}
