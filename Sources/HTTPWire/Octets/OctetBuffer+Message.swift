extension OctetBuffer {
    /// Appends the first line of a request of HTTP/1.1.
    ///
    /// - Parameters:
    ///   - method: its octets, with no blank in them.
    ///   - target: path and query, or another form, with no blank in it.
    package mutating func appendRequestLine(method: Span<UInt8>, target: Span<UInt8>) {
        append(room: method.count + target.count + 12) {
            $0.append(method)
            $0.append(0x20)
            $0.append(target)
            $0.append(" HTTP/1.1\r\n" as StaticString)
        }
    }

    /// Appends the first line of a request of HTTP/1.1 whose target is made of a path and what its query was.
    package mutating func appendRequestLine(method: Span<UInt8>, path: Span<UInt8>, query: Span<UInt8>) {
        append(room: method.count + path.count + query.count + 13) {
            $0.append(method)
            $0.append(0x20)
            $0.append(path)
            $0.append(0x3f)
            $0.append(query)
            $0.append(" HTTP/1.1\r\n" as StaticString)
        }
    }

    /// Appends the first line of a response of HTTP/1.1, with the registered reason.
    package mutating func appendStatusLine(_ status: UInt16) {
        let reason = StatusCode.reason(status)
        append(room: reason.utf8CodeUnitCount + 17) {
            $0.appendVersion(status)
            $0.append(reason)
            $0.appendLineEnd()
        }
    }

    /// Appends the first line of a response of HTTP/1.1, with a reason that another server gave.
    package mutating func appendStatusLine(_ status: UInt16, reason: Span<UInt8>) {
        append(room: reason.count + 17) {
            $0.appendVersion(status)
            $0.append(reason)
            $0.appendLineEnd()
        }
    }

    package mutating func appendField(name: StaticString, value: StaticString) {
        append(room: name.utf8CodeUnitCount + value.utf8CodeUnitCount + 4) {
            $0.append(name)
            $0.appendColon()
            $0.append(value)
            $0.appendLineEnd()
        }
    }

    package mutating func appendField(name: StaticString, value: Span<UInt8>) {
        append(room: name.utf8CodeUnitCount + value.count + 4) {
            $0.append(name)
            $0.appendColon()
            $0.append(value)
            $0.appendLineEnd()
        }
    }

    package mutating func appendField(name: Span<UInt8>, value: Span<UInt8>) {
        append(room: name.count + value.count + 4) {
            $0.append(name)
            $0.appendColon()
            $0.append(value)
            $0.appendLineEnd()
        }
    }

    package mutating func appendField(name: StaticString, decimal value: UInt64) {
        append(room: name.utf8CodeUnitCount + 24) {
            $0.append(name)
            $0.appendColon()
            $0.append(decimal: value)
            $0.appendLineEnd()
        }
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
        append(room: 18) {
            $0.append(hexadecimal: UInt64(count))
            $0.appendLineEnd()
        }
    }

    /// Appends the end of a body in chunks, with those of the fields that came behind it that are to go on.
    package mutating func appendLastChunk(_ reader: borrowing ChunkedReader, where isKept: (Field) -> Bool) {
        append("0\r\n" as StaticString)
        appendFields(copy: reader.trailers, of: reader.trailerOctets.span, where: isKept)
        append("\r\n" as StaticString)
    }
}

extension OutputSpan<UInt8> {
    @inline(__always)
    fileprivate mutating func appendColon() {
        append(Octet.colon)
        append(Octet.space)
    }

    @inline(__always)
    fileprivate mutating func appendLineEnd() {
        append(Octet.carriageReturn)
        append(Octet.lineFeed)
    }

    /// Appends the version, a status of three digits and the blank behind it.
    @inline(__always)
    fileprivate mutating func appendVersion(_ status: UInt16) {
        append("HTTP/1.1 " as StaticString)
        append(UInt8(truncatingIfNeeded: 0x30 + status / 100 % 10))
        append(UInt8(truncatingIfNeeded: 0x30 + status / 10 % 10))
        append(UInt8(truncatingIfNeeded: 0x30 + status % 10))
        append(Octet.space)
    }
}
