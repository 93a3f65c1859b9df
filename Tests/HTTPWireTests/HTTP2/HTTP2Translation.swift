import HTTPWire

/// Field sections of HTTP/2 written as text, and what they become in HTTP/1.
enum HTTP2Translation {
    /// `name=value` for each field, `|` between them.
    static func fields(_ octets: [UInt8]) -> FieldSectionBuffer {
        var fields = FieldSectionBuffer()
        guard !octets.isEmpty else { return fields }
        for line in octets.split(separator: 0x7c, omittingEmptySubsequences: false) {
            let divider = line.firstIndex(of: 0x3d) ?? line.endIndex
            let name = Array(line[..<divider])
            let value = Array(line[divider...].dropFirst())
            fields.append(name: name.span, value: value.span)
        }
        return fields
    }

    static func request(_ octets: [UInt8], isEnd: Bool, _ limits: HeadLimits = HeadLimits()) -> String {
        var buffer = OctetBuffer()
        do throws(HTTP2HeadFault) {
            let body = try fields(octets).writeRequestHead(isEnd: isEnd, limits, to: &buffer)
            return Wire.text(buffer.octets) + text(body)
        } catch {
            return "\(error)" + Wire.text(buffer.octets)
        }
    }

    static func response(_ octets: [UInt8], isEnd: Bool, isToHead: Bool = false) -> String {
        var buffer = OctetBuffer()
        do throws(HTTP2HeadFault) {
            let head = try fields(octets)
                .writeResponseHead(isEnd: isEnd, isToHead: isToHead, HeadLimits(), to: &buffer)
            return Wire.text(buffer.octets) + text(head.body)
        } catch {
            return "\(error)" + Wire.text(buffer.octets)
        }
    }

    static func trailers(_ octets: [UInt8]) -> String {
        var buffer = OctetBuffer()
        do throws(HTTP2HeadFault) {
            try fields(octets).writeTrailers(to: &buffer)
            return Wire.text(buffer.octets)
        } catch {
            return "\(error)" + Wire.text(buffer.octets)
        }
    }

    private static func text(_ body: HTTP2Body) -> String {
        switch body {
        case .none: "none"
        case .octets(let count): "\(count)"
        case .chunked: "chunked"
        }
    }
}
