extension OctetBuffer {
    /// Appends the first line of a request of HTTP/1.1.
    ///
    /// - Parameters:
    ///   - method: its octets, with no blank in them.
    ///   - target: path and query, or another form, with no blank in it.
    package mutating func appendRequestLine(method: Span<UInt8>, target: Span<UInt8>) {
        append(method)
        append(0x20)
        append(target)
        append(" HTTP/1.1\r\n" as StaticString)
    }

    /// Appends the first line of a request of HTTP/1.1 whose target is made of a path and what its query was.
    package mutating func appendRequestLine(method: Span<UInt8>, path: Span<UInt8>, query: Span<UInt8>) {
        append(method)
        append(0x20)
        append(path)
        append(0x3f)
        append(query)
        append(" HTTP/1.1\r\n" as StaticString)
    }

    /// Appends the first line of a response of HTTP/1.1, with the registered reason.
    package mutating func appendStatusLine(_ status: UInt16) {
        append("HTTP/1.1 " as StaticString)
        append(decimal: UInt64(status))
        append(0x20)
        append(StatusCode.reason(status))
        append("\r\n" as StaticString)
    }

    /// Appends the first line of a response of HTTP/1.1, with a reason that another server gave.
    package mutating func appendStatusLine(_ status: UInt16, reason: Span<UInt8>) {
        append("HTTP/1.1 " as StaticString)
        append(decimal: UInt64(status))
        append(0x20)
        append(reason)
        append("\r\n" as StaticString)
    }

    package mutating func appendField(name: StaticString, value: StaticString) {
        append(name)
        append(": " as StaticString)
        append(value)
        append("\r\n" as StaticString)
    }

    package mutating func appendField(name: StaticString, value: Span<UInt8>) {
        append(name)
        append(": " as StaticString)
        append(value)
        append("\r\n" as StaticString)
    }

    package mutating func appendField(name: Span<UInt8>, value: Span<UInt8>) {
        append(name)
        append(": " as StaticString)
        append(value)
        append("\r\n" as StaticString)
    }

    package mutating func appendField(name: StaticString, decimal value: UInt64) {
        append(name)
        append(": " as StaticString)
        append(decimal: value)
        append("\r\n" as StaticString)
    }

    /// Appends a field that was parsed from `octets`.
    package mutating func appendField(copy field: Field, of octets: Span<UInt8>) {
        if field.isPlain {
            append(octets, Int(field.nameStart)..<Int(field.valueEnd) &+ 2)
        } else {
            appendField(name: octets.extracting(field.nameRange), value: octets.extracting(field.valueRange))
        }
    }

    /// Appends those fields that were parsed from `octets` and that are kept: runs of lines that are as they would be
    /// written here are copied at once.
    @inlinable
    package mutating func appendFields(
        copy fields: FieldList,
        of octets: Span<UInt8>,
        where isKept: (Field) -> Bool
    ) {
        // The run that is not copied yet.
        var start = 0
        var end = 0
        for index in 0..<fields.count {
            let field = fields[index]
            guard isKept(field) else { continue }
            if field.isPlain, end == Int(field.nameStart) {
                end = Int(field.valueEnd) &+ 2
                continue
            }
            if start < end { append(octets, start..<end) }
            start = Int(field.nameStart)
            end = start
            if field.isPlain { end = Int(field.valueEnd) &+ 2 } else { appendField(copy: field, of: octets) }
        }
        if start < end { append(octets, start..<end) }
    }

    /// Appends what precedes a chunk's data.
    ///
    /// - Parameter count: the number of its octets, not zero: that would be the end.
    package mutating func appendChunkHeader(_ count: Int) {
        append(hexadecimal: UInt64(count))
        append("\r\n" as StaticString)
    }
}
