import HTTPWire
import Testing

/// What fields of HTTP/2 become as octets of HTTP/1. Whatever is written has to be read by the strict parsers, whole, as
/// the message that the fields were; where it is refused nothing is written.
enum Translation {
    /// Octets that stand in the buffer before, and have to stay there.
    private static let before = Wire.octets("before")

    static func request(_ section: HTTP2Section, _ limits: HeadLimits = HeadLimits()) -> String {
        var buffer = OctetBuffer()
        buffer.append(before)
        do throws(HTTP2HeadFault) {
            let request = try section.buffer.writeRequestHead(
                isEnd: section.isEnd,
                limits,
                webSocketKey: Array("KEY".utf8),
                to: &buffer
            )
            let octets = written(buffer)
            expectSame(section, request, octets, limits)
            return Wire.text(octets)
        } catch {
            #expect(written(buffer).isEmpty, "\(error), but something is written")
            return "\(error)"
        }
    }

    static func response(
        _ section: HTTP2Section,
        isToHead: Bool = false,
        _ limits: HeadLimits = HeadLimits()
    ) -> String {
        var buffer = OctetBuffer()
        buffer.append(before)
        do throws(HTTP2HeadFault) {
            let response = try section.buffer.writeResponseHead(
                isEnd: section.isEnd,
                isToHead: isToHead,
                limits,
                to: &buffer
            )
            let octets = written(buffer)
            expectSame(section, response, octets, isToHead, limits)
            return Wire.text(octets)
        } catch {
            #expect(written(buffer).isEmpty, "\(error), but something is written")
            return "\(error)"
        }
    }

    static func trailers(_ section: HTTP2Section) -> String {
        var buffer = OctetBuffer()
        buffer.append(before)
        do throws(HTTP2HeadFault) {
            try section.buffer.writeTrailers(to: &buffer)
            let octets = written(buffer)
            expectTrailers(section, octets)
            return Wire.text(octets)
        } catch {
            #expect(written(buffer).isEmpty, "\(error), but something is written")
            return "\(error)"
        }
    }

    private static func written(_ buffer: borrowing OctetBuffer) -> [UInt8] {
        #expect(buffer.octets.starts(with: before))
        return Array(buffer.octets.dropFirst(before.count))
    }

    // MARK: - Reading what was written

    private static func expectSame(
        _ section: HTTP2Section,
        _ request: HTTP2Request,
        _ octets: [UInt8],
        _ limits: HeadLimits
    ) {
        var parser = RequestParser(limits)
        var scanned = 0
        let progress = parser.parse(octets.span, resumingAt: &scanned)
        guard case .complete(octets.count) = progress else {
            Issue.record("\(section.fields): \(progress) of \(Wire.text(octets))")
            return
        }
        let head = parser.head
        let host = section.values(":authority").first { !$0.isEmpty } ?? section.values("host").first ?? ""
        let isTunnel = !section.values(":protocol").isEmpty
        #expect(Wire.text(octets[head.methodRange]) == (isTunnel ? "GET" : section.values(":method").first))
        #expect(Wire.text(octets[head.target]) == section.values(":path").first ?? host)
        #expect(head.authority.map { Wire.text(octets[$0]) } == host)
        #expect(head.minorVersion == 1)
        #expect(head.isPersistent)
        #expect(request.method == head.method)
        switch (request.body, head.body) {
        case (.none, .none), (.none, .octets(0)), (.chunked, .chunked): #expect(!isTunnel)
        case (.octets(let count), .octets(let read)): #expect(count == read && !isTunnel)
        case (.tunnel, .none): #expect(isTunnel)
        default: Issue.record("a body \(request.body) is read as \(head.body)")
        }
        #expect(head.options.contains(.acceptsTrailers) == (!section.values("te").isEmpty && !isTunnel))
        #expect(head.upgradeProtocol.map { Wire.text(octets[$0]) } == (isTunnel ? "websocket" : nil))
        let fields = (0..<head.fields.count).map { head.fields[$0] }
        let handshake: Set = [
            "upgrade", "sec-websocket-key", "sec-websocket-accept", "sec-websocket-version", "transfer-encoding",
        ]
        let others: Set = ["host", "content-length", "te", "connection", "cookie"]
        expectSame(section, fields, octets, except: isTunnel ? others.union(handshake) : others)
        let cookies = section.values("cookie").filter { !$0.isEmpty }
        #expect(values(fields, .cookie, octets) == (cookies.isEmpty ? [] : [cookies.joined(separator: "; ")]))
    }

    private static func expectSame(
        _ section: HTTP2Section,
        _ response: HTTP2Response,
        _ octets: [UInt8],
        _ isToHead: Bool,
        _ limits: HeadLimits
    ) {
        var parser = ResponseParser(limits)
        var scanned = 0
        let progress = parser.parse(octets.span, resumingAt: &scanned, to: isToHead ? .head : .get)
        guard case .complete(octets.count) = progress else {
            Issue.record("\(section.fields): \(progress) of \(Wire.text(octets))")
            return
        }
        let head = parser.head
        #expect("\(head.status)" == section.values(":status").first)
        #expect(response.status == head.status)
        #expect(head.isPersistent)
        switch (response.body, head.body) {
        case (.none, .none), (.none, .octets(0)), (.chunked, .chunked): break
        case (.octets(let count), .octets(let read)): #expect(count == read)
        default: Issue.record("a body \(response.body) is read as \(head.body)")
        }
        let fields = (0..<head.fields.count).map { head.fields[$0] }
        expectSame(section, fields, octets, except: ["content-length"])
    }

    private static func expectTrailers(_ section: HTTP2Section, _ octets: [UInt8]) {
        var reader = ChunkedReader()
        var offset = 0
        #expect(reader.next(octets.span, from: &offset) == .end, "\(Wire.text(octets))")
        #expect(offset == octets.count)
        let trailers = reader.trailers
        let trailerOctets = reader.trailerOctets
        let read = (0..<trailers.count).map { index in
            Wire.text(trailerOctets[trailers[index].nameRange]) + ": "
                + Wire.text(trailerOctets[trailers[index].valueRange])
        }
        let lines = Wire.text(octets).split(separator: "⏎").dropFirst().map(String.init)
        // Nothing that may not be there is written: what is written is all that is read.
        #expect(read == lines)
        #expect(section.fields.count >= read.count)
    }

    /// That the fields are the same in the same order, but for those that are framing or routing, and pseudo-header fields.
    private static func expectSame(
        _ section: HTTP2Section,
        _ fields: [Field],
        _ octets: [UInt8],
        except names: Set<String>
    ) {
        let sent = section.fields.filter { !$0.name.hasPrefix(":") && !names.contains($0.name) }
        let read = fields.map { (name: Wire.text(octets[$0.nameRange]), value: Wire.text(octets[$0.valueRange])) }
            .filter { !names.contains($0.name.lowercased()) && $0.name != "Transfer-Encoding" }
        #expect(sent.map { "\($0.name): \($0.value)" } == read.map { "\($0.name): \($0.value)" })
        #expect(values(fields, .contentLength, octets).count + values(fields, .transferEncoding, octets).count <= 1)
    }

    private static func values(_ fields: [Field], _ name: FieldName, _ octets: [UInt8]) -> [String] {
        fields.filter { $0.name == name }.map { Wire.text(octets[$0.valueRange]) }
    }
}
