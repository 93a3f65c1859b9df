import HTTPWire

/// Reads all that a connection sends, message by message, as it comes.
struct Stream: ~Copyable {
    private var requestParser = RequestParser(HeadLimits())
    private var responseParser = ResponseParser(HeadLimits())
    private let isOfRequests: Bool
    /// What came and belongs to no message yet.
    private var pending: [UInt8] = []
    private var scanned = 0
    private var phase = Phase.head
    /// What is told of the message whose body is being read, and the body as far as it has come.
    private var text = ""
    private var body: [UInt8] = []
    private var found: [String] = []

    private enum Phase {
        case head
        /// So many octets of a body have to come.
        case counted(UInt64)
        case chunked(ChunkedReader)
        case over
    }

    private init(ofRequests: Bool) {
        isOfRequests = ofRequests
    }

    /// Method, path and body of each request, with `...` where more has to come.
    static func requests(_ octets: [UInt8], cuts: [Int]) -> String {
        var stream = Stream(ofRequests: true)
        return stream.read(octets, cuts)
    }

    /// Status and body of each response, with `...` where more has to come.
    static func responses(_ octets: [UInt8], cuts: [Int]) -> String {
        var stream = Stream(ofRequests: false)
        return stream.read(octets, cuts)
    }

    private mutating func read(_ octets: [UInt8], _ cuts: [Int]) -> String {
        var start = 0
        for end in cuts + [octets.count] {
            pending += octets[start..<end]
            start = end
            while advance() {}
        }
        switch phase {
        case .head: if !pending.isEmpty { found.append("incomplete") }
        case .counted, .chunked: found.append("\(text) [\(Wire.text(body))...")
        case .over: break
        }
        return found.joined(separator: " | ")
    }

    /// Reads on by one head or by a part of a body. Returns whether more may be there.
    private mutating func advance() -> Bool {
        switch phase {
        case .head: return !pending.isEmpty && readHead()
        case .counted(let left):
            let data = pending.prefix(Int(clamping: left))
            pending.removeFirst(data.count)
            body += data
            phase = .counted(left - UInt64(data.count))
            return left == data.count && finish(hasBody: true)
        case .chunked(let reader): return readChunk(reader)
        case .over: return false
        }
    }

    private mutating func readHead() -> Bool {
        let octets = pending
        let progress =
            isOfRequests
            ? requestParser.parse(octets.span, resumingAt: &scanned)
            : responseParser.parse(octets.span, resumingAt: &scanned, to: .get)
        switch progress {
        case .incomplete: return false
        case .http2Preface: return end("preface")
        case .refused(let fault): return refuse(fault)
        case .complete(let length):
            pending.removeFirst(length)
            scanned = 0
            if isOfRequests { beginRequest(octets) } else { beginResponse() }
            return true
        }
    }

    private mutating func beginRequest(_ octets: [UInt8]) {
        let head = requestParser.head
        text = Wire.text(octets[head.methodRange]) + " " + Wire.text(octets[head.path])
        if head.form == .absolute, let authority = head.authority { text += " at " + Wire.text(octets[authority]) }
        switch head.body {
        case .none: _ = finish(hasBody: false)
        case .octets(let count): phase = .counted(count)
        case .chunked: phase = .chunked(ChunkedReader())
        }
    }

    private mutating func beginResponse() {
        text = "\(responseParser.head.status)"
        switch responseParser.head.body {
        case .none: _ = finish(hasBody: false)
        case .octets(let count): phase = .counted(count)
        case .untilClose: phase = .counted(.max)
        case .chunked: phase = .chunked(ChunkedReader())
        }
    }

    private mutating func readChunk(_ reader: ChunkedReader) -> Bool {
        var reader = reader
        var offset = 0
        let octets = pending
        while true {
            switch reader.next(octets.span, from: &offset) {
            case .data(let range): body += octets[range]
            case .needsMore:
                pending = []
                phase = .chunked(reader)
                return false
            case .refused(let fault): return refuse(fault)
            case .end:
                pending.removeFirst(offset)
                return finish(hasBody: true)
            }
        }
    }

    private mutating func finish(hasBody: Bool) -> Bool {
        found.append(hasBody ? "\(text) [\(Wire.text(body))]" : text)
        body = []
        phase = .head
        return true
    }

    private mutating func refuse(_ fault: HeadFault) -> Bool {
        end(isOfRequests ? "\(fault.status) \(fault.reason)" : fault.reason)
    }

    private mutating func end(_ text: String) -> Bool {
        found.append(text)
        phase = .over
        return false
    }
}
