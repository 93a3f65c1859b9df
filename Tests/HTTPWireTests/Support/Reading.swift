import HTTPWire

/// What the parsers make of octets, in words.
enum Reading {
    /// Reads a request, whose octets come in parts that end at `cuts` and at the end.
    static func request(_ octets: [UInt8], cuts: [Int] = [], limits: HeadLimits = HeadLimits()) -> String {
        var parser = RequestParser(limits)
        return request(octets, cuts, &parser)
    }

    static func request(_ octets: [UInt8], _ cuts: [Int] = [], _ parser: inout RequestParser) -> String {
        var scanned = 0
        for end in cuts + [octets.count] {
            switch parser.parse(octets.span.extracting(0..<end), resumingAt: &scanned) {
            case .incomplete: continue
            case .refused(let fault): return "\(fault.status) \(fault.reason)"
            case .http2Preface: return "preface"
            case .complete(let length): return description(parser.head, octets, length)
            }
        }
        return "incomplete"
    }

    /// The last field of a request, and whether one of the tokens of Connection names it.
    static func lastField(_ octets: [UInt8], cuts: [Int]) -> String {
        var parser = RequestParser(HeadLimits())
        let outcome = request(octets, cuts, &parser)
        let fields = parser.head.fields
        guard fields.count > 0, outcome.hasPrefix("get") else { return outcome }
        let field = fields[fields.count - 1]
        let isNamed = parser.head.isNominated(field, in: octets.span)
        let name = Wire.text(octets[field.nameRange]), value = Wire.text(octets[field.valueRange])
        return "\(name) = \(value)" + (isNamed ? ", named" : "")
    }

    /// Reads a response to `method`, whose octets come in parts that end at `cuts` and at the end.
    static func response(
        _ octets: [UInt8],
        to method: HTTPMethod = .get,
        cuts: [Int] = [],
        limits: HeadLimits = HeadLimits()
    ) -> String {
        var parser = ResponseParser(limits)
        var scanned = 0
        for end in cuts + [octets.count] {
            switch parser.parse(octets.span.extracting(0..<end), resumingAt: &scanned, to: method) {
            case .incomplete: continue
            case .refused(let fault): return fault.reason
            case .http2Preface: return "preface"
            case .complete(let length): return description(parser.head, octets, length)
            }
        }
        return "incomplete"
    }

    /// Method, form, path and query, authority, version, body, options and what is left, as far as it is worth a word.
    private static func description(_ head: RequestHead, _ octets: [UInt8], _ length: Int) -> String {
        var words = [head.method == .other ? Wire.text(octets[head.methodRange]) : "\(head.method)"]
        if head.form != .origin { words.append("\(head.form)") }
        words.append(Wire.text(octets[head.path]) + (head.query.map { "?" + Wire.text(octets[$0]) } ?? ""))
        words.append(head.authority.map { "at [\(Wire.text(octets[$0]))]" } ?? "nowhere")
        if head.minorVersion == 0 { words.append("1.0") }
        switch head.body {
        case .none: break
        case .octets(let count): words.append("\(count) octets")
        case .chunked: words.append("chunked")
        }
        if head.expectsContinue { words.append("expecting") }
        words += Self.words(head.options, head.isPersistent, head.upgradeProtocol, octets)
        return (words + rest(octets, length)).joined(separator: " ")
    }

    /// Status, version, body, options and what is left.
    private static func description(_ head: ResponseHead, _ octets: [UInt8], _ length: Int) -> String {
        var words = ["\(head.status)"]
        if !head.reason.isEmpty { words.append("(\(Wire.text(octets[head.reason])))") }
        if head.minorVersion == 0 { words.append("1.0") }
        switch head.body {
        case .none: words.append("no body")
        case .octets(let count): words.append("\(count) octets")
        case .chunked: words.append("chunked")
        case .untilClose: words.append("until close")
        }
        words += Self.words(head.options, head.isPersistent, head.upgradeProtocol, octets)
        return (words + rest(octets, length)).joined(separator: " ")
    }

    private static func words(
        _ options: ConnectionOptions,
        _ isPersistent: Bool,
        _ upgrade: Range<Int>?,
        _ octets: [UInt8]
    ) -> [String] {
        var words: [String] = []
        if options.contains(.close) { words.append("close") }
        if options.contains(.keepAlive) { words.append("keep-alive") }
        if options.contains(.acceptsTrailers) { words.append("trailers") }
        if let upgrade { words.append("upgrade \(Wire.text(octets[upgrade]))") }
        if !isPersistent { words.append("once") }
        return words
    }

    private static func rest(_ octets: [UInt8], _ length: Int) -> [String] {
        length == octets.count ? [] : ["then <\(Wire.text(octets[length...]))>"]
    }
}
