/// Reads messages in the plainest way, line by line and with strings, to compare with.
enum PlainReading {
    /// The fields of a head that is complete and well formed, and what stands before and behind it; nil if it is not.
    struct Head {
        var firstLine: String
        var fields: [(name: String, value: String)]
        var length: Int

        func values(_ name: String) -> [String] { fields.filter { $0.name.lowercased() == name }.map(\.value) }
    }

    static func head(_ octets: [UInt8]) -> Head? {
        var lines: [String] = []
        // One empty line may precede it.
        var length = octets.starts(with: [13, 10]) ? 2 : 0
        while lines.last != "" {
            guard let end = octets[length...].firstIndex(of: 10), end > length, octets[end - 1] == 13 else {
                return nil
            }
            lines.append(Wire.latin(octets[length..<end - 1]))
            length = end + 1
        }
        guard lines.count > 1, !lines.contains(where: { $0.contains("\r") }) else { return nil }
        var fields: [(name: String, value: String)] = []
        for line in lines.dropFirst().dropLast() {
            guard let match = line.wholeMatch(of: /([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([\t\x20-\x7e\u{80}-\u{ff}]*)/)
            else { return nil }
            fields.append((String(match.1), String(match.2).trimmingBlanks))
        }
        return Head(firstLine: lines[0], fields: fields, length: length)
    }

    /// A size, and names with or without values.
    private static var sizeLine: Regex<(Substring, Substring)> {
        #/
        ([0-9A-Fa-f]{1,16})
        (?: ; [\t\x20]* [!\#$%&'*+\-.^_`|~0-9A-Za-z]+
            (?: [\t\x20]* = [\t\x20]* (?: [!\#$%&'*+\-.^_`|~0-9A-Za-z]+
                | " (?: [\t\x20\x21\x23-\x5b\x5d-\x7e\u{80}-\u{ff}] | \\ [\t\x20-\x7e\u{80}-\u{ff}] )* " ) )? )*
        /#
    }

    /// How long a body is that comes in chunks, its data, and its end; nil if it is malformed or not all there.
    static func chunks(_ octets: [UInt8]) -> (data: [UInt8], length: Int)? {
        var data: [UInt8] = []
        var offset = 0
        func line() -> String? {
            guard let end = octets[offset...].firstIndex(of: 10), end > offset, octets[end - 1] == 13 else {
                return nil
            }
            defer { offset = end + 1 }
            return Wire.latin(octets[offset..<end - 1])
        }
        while true {
            guard let size = line()?.wholeMatch(of: sizeLine),
                let count = Int(size.1, radix: 16)
            else { return nil }
            if count == 0 { break }
            guard octets.count - offset >= count, count < octets.count else { return nil }
            data += octets[offset..<offset + count]
            offset += count
            guard line() == "" else { return nil }
        }
        while let line = line() {
            if line == "" { return (data, offset) }
            guard line.wholeMatch(of: /[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\u{80}-\u{ff}]*/) != nil else {
                return nil
            }
        }
        return nil
    }

    /// The normal form of a path, by splitting it; nil if it has none.
    static func path(_ path: String, mergingSlashes: Bool) -> String? {
        guard path.hasPrefix("/"), path.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0 != "\u{7f}" }),
            !path.contains("?"), !path.contains("#"),
            path.replacing(/%[0-9A-Fa-f]{2}/, with: "").contains("%") == false
        else { return nil }
        let decoded = path.replacing(/%[0-9A-Fa-f]{2}/) { escape -> String in
            let octet = UInt8(escape.output.dropFirst(), radix: 16) ?? 0
            let character = String(Unicode.Scalar(octet))
            return octet < 0x80 && character.wholeMatch(of: /[A-Za-z0-9\-._~]/) != nil
                ? character : escape.output.uppercased()
        }
        let escaped = decoded.unicodeScalars.map { scalar in
            scalar.isASCII ? String(scalar) : "%" + String(scalar.value, radix: 16).uppercased()
        }
        let segments = escaped.joined().split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        var kept: [Substring] = []
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case "..":
                guard kept.popLast() != nil else { return nil }
                if isLast { kept.append("") }
            case ".": if isLast { kept.append("") }
            case "" where mergingSlashes && !isLast: break
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}

extension String {
    fileprivate var trimmingBlanks: String {
        var view = self[...]
        while let first = view.first, first == " " || first == "\t" { view.removeFirst() }
        while let last = view.last, last == " " || last == "\t" { view.removeLast() }
        return String(view)
    }
}
