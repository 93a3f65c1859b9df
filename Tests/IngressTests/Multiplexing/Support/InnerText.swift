import HTTPWire

/// Octets of HTTP/1 as the tables write them: ⏎ is CR LF.
enum InnerText {
    static func octets(_ text: String) -> [UInt8] { Array(text.replacing("⏎", with: "\r\n").utf8) }

    static func text(_ octets: some Sequence<UInt8>) -> String {
        String(decoding: Array(octets), as: UTF8.self).replacing("\r\n", with: "⏎")
    }

    /// A message or several, as they are but for the chunks: however a body is cut into them, it is written as one, with the
    /// trailers behind it.
    static func whole(_ octets: [UInt8]) -> String {
        let text = text(octets)
        guard let coding = text.firstRange(of: "chunked"),
            let end = text[coding.upperBound...].firstRange(of: "⏎⏎")
        else { return text }
        let head = text[..<end.upperBound]
        let body = Self.octets(String(text[end.upperBound...]))
        var reader = ChunkedReader()
        var offset = 0
        var data: [UInt8] = []
        while true {
            switch reader.next(body.span, from: &offset) {
            case .data(let range): data += body[range]
            case .needsMore: return "\(head)[\(Self.text(data))..."
            case .refused(let fault): return "\(head)[\(Self.text(data)) \(fault)"
            case .end:
                let trailers = reader.trailers
                let octets = reader.trailerOctets
                let fields = (0..<trailers.count).map { index in
                    Self.text(octets[trailers[index].nameRange]) + ": " + Self.text(octets[trailers[index].valueRange])
                }
                return "\(head)[\(Self.text(data))]" + fields.joined(separator: ", ") + Self.text(body[offset...])
            }
        }
    }
}
