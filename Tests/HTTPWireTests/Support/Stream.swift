import HTTPWire

/// Reads all that a connection sends, message by message.
enum Stream {
    /// Method, path and body of each request, with `...` where more has to come.
    static func requests(_ octets: [UInt8]) -> String {
        var parser = RequestParser(HeadLimits())
        var rest = octets[...]
        var found: [String] = []
        while !rest.isEmpty {
            let message = Array(rest)
            var scanned = 0
            switch parser.parse(message.span, resumingAt: &scanned) {
            case .incomplete: return (found + ["incomplete"]).joined(separator: " | ")
            case .http2Preface: return (found + ["preface"]).joined(separator: " | ")
            case .refused(let fault): return (found + ["\(fault.status) \(fault.reason)"]).joined(separator: " | ")
            case .complete(let length):
                rest = rest.dropFirst(length)
                let head = parser.head
                var text = Wire.text(message[head.methodRange]) + " " + Wire.text(message[head.path])
                if head.form == .absolute, let authority = head.authority {
                    text += " at " + Wire.text(message[authority])
                }
                let body: Body
                switch head.body {
                case .none: body = .whole(nil)
                case .octets(let count): body = counted(count, &rest)
                case .chunked: body = chunked(&rest)
                }
                switch body {
                case .whole(let data): found.append(text + (data.map { " [\($0)]" } ?? ""))
                case .partial(let data): return (found + ["\(text) [\(data)..."]).joined(separator: " | ")
                case .refused(let fault): return (found + ["\(fault.status) \(fault.reason)"]).joined(separator: " | ")
                }
            }
        }
        return found.joined(separator: " | ")
    }

    /// Status and body of each response, with `...` where more has to come.
    static func responses(_ octets: [UInt8]) -> String {
        var parser = ResponseParser(HeadLimits())
        var rest = octets[...]
        var found: [String] = []
        while !rest.isEmpty {
            let message = Array(rest)
            var scanned = 0
            guard case .complete(let length) = parser.parse(message.span, resumingAt: &scanned, to: .get) else {
                return (found + ["refused"]).joined(separator: " | ")
            }
            rest = rest.dropFirst(length)
            let body: Body
            switch parser.head.body {
            case .none: body = .whole(nil)
            case .octets(let count): body = counted(count, &rest)
            case .chunked: body = chunked(&rest)
            case .untilClose: body = counted(.max, &rest)
            }
            switch body {
            case .whole(let data): found.append("\(parser.head.status)" + (data.map { " [\($0)]" } ?? ""))
            case .partial(let data): return (found + ["\(parser.head.status) [\(data)..."]).joined(separator: " | ")
            case .refused: return (found + ["refused"]).joined(separator: " | ")
            }
        }
        return found.joined(separator: " | ")
    }

    private enum Body {
        case whole(String?)
        case partial(String)
        case refused(HeadFault)
    }

    private static func counted(_ count: UInt64, _ rest: inout ArraySlice<UInt8>) -> Body {
        let data = rest.prefix(Int(clamping: count))
        rest = rest.dropFirst(data.count)
        return UInt64(data.count) < count ? .partial(Wire.text(data)) : .whole(Wire.text(data))
    }

    private static func chunked(_ rest: inout ArraySlice<UInt8>) -> Body {
        let octets = Array(rest)
        var reader = ChunkedReader()
        var data: [UInt8] = []
        var offset = 0
        while true {
            switch reader.next(octets.span, from: &offset) {
            case .data(let range): data += octets[range]
            case .needsMore:
                rest = []
                return .partial(Wire.text(data))
            case .refused(let fault): return .refused(fault)
            case .end:
                rest = rest.dropFirst(offset)
                return .whole(Wire.text(data))
            }
        }
    }
}
