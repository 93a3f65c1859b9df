/// A text with places to be filled: the part of Go's templates that records need.
struct TemplateText: Hashable, Sendable {
    /// What a place is filled with.
    indirect enum Value: Hashable, Sendable {
        case text(String)
        case name
        case zone
        case type
        case recordClass
        case pattern
        /// By name or number.
        case group(String)
        /// By number.
        case match(Int)
        /// Digits to some base, written as decimal ones; they fill at most so many bits.
        case number(Value, base: Int, bits: Int)
    }

    /// Why a text is no template.
    struct Fault: Error, Hashable {
        let reason: String
    }

    /// What the places are filled from.
    struct Values {
        var name: String
        var zone: String
        var type: String
        var recordClass: String
        var pattern: String
        /// Of each group of the pattern, the first the whole match.
        var matches: [String]
        var groupNames: [String?]

        func group(_ name: String) -> String? {
            if let number = groupNames.lastIndex(of: name) { return matches[number] }
            return Int(name).flatMap { matches.indices.contains($0) ? matches[$0] : nil }
        }
    }

    private var parts: [Value] = []

    /// The groups that are named.
    var groups: [String] {
        parts.compactMap { part in
            switch part {
            case .group(let name), .number(.group(let name), _, _): name
            default: nil
            }
        }
    }

    /// Whether the text depends on a match, so that only a query shows what it is.
    var dependsOnMatch: Bool {
        parts.contains { part in
            switch part {
            case .text, .name, .zone, .type, .recordClass: false
            case .pattern, .group, .match, .number: true
            }
        }
    }

    /// Nil if there is nothing to fill a place with.
    func filled(with values: Values) -> String? {
        var text = ""
        for part in parts {
            guard let value = Self.value(part, values) else { return nil }
            text += value
        }
        return text
    }

    private static func value(_ value: Value, _ values: Values) -> String? {
        switch value {
        case .text(let text): text
        case .name: values.name
        case .zone: values.zone
        case .type: values.type
        case .recordClass: values.recordClass
        case .pattern: values.pattern
        case .group(let name): values.group(name)
        case .match(let number): values.matches.indices.contains(number) ? values.matches[number] : nil
        case .number(let digits, let base, let bits):
            self.value(digits, values).flatMap { UInt64($0, radix: base) }
                .flatMap { bits >= 64 || $0 < 1 << UInt64(bits) ? "\($0)" : nil }
        }
    }

    // MARK: - Reading

    /// Parses text with `{{ … }}` in it.
    init(parsing text: String) throws(Fault) {
        var rest = text[...]
        while let opening = rest.firstRange(of: "{{") {
            var before = String(rest[..<opening.lowerBound])
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: "}}") else { throw Fault(reason: "a {{ has no }}") }
            var action = rest[..<closing.lowerBound]
            rest = rest[closing.upperBound...]
            if action.hasPrefix("- ") {
                before = Self.trimmedEnd(before)
                action = action.dropFirst(2)
            }
            if action.hasSuffix(" -") {
                rest = rest.drop(while: \.isWhitespace)
                action = action.dropLast(2)
            }
            append(.text(before))
            try append(action)
        }
        append(.text(String(rest)))
    }

    private static func trimmedEnd(_ text: String) -> String {
        String(text.reversed().drop(while: \.isWhitespace).reversed())
    }

    private mutating func append(_ part: Value) {
        if part != .text("") { parts.append(part) }
    }

    private mutating func append(_ action: Substring) throws(Fault) {
        if action.hasPrefix("/*"), action.hasSuffix("*/") { return }
        let spaced = action.replacing("(", with: " ( ").replacing(")", with: " ) ")
        var words = spaced.split(whereSeparator: \.isWhitespace).map(String.init)[...]
        guard let value = try Self.value(&words), words.isEmpty else {
            let known = ".Name, .Type, .Class, .Zone, .Regex, .Group.x, index and parseInt"
            throw Fault(reason: "of {{\(action)}} nothing is known: only \(known)")
        }
        append(value)
    }

    /// Takes a value from the front.
    private static func value(_ words: inout ArraySlice<String>) throws(Fault) -> Value? {
        guard let word = words.popFirst() else { return nil }
        switch word {
        case ".Name": return .name
        case ".Zone": return .zone
        case ".Type": return .type
        case ".Class": return .recordClass
        case ".Regex": return .pattern
        case "(":
            let value = try value(&words)
            return words.popFirst() == ")" ? value : nil
        case "index": return index(&words)
        case "parseInt":
            guard let digits = try value(&words), let base = words.popFirst().flatMap({ Int($0) }),
                let bits = words.popFirst().flatMap({ Int($0) }), (2...36).contains(base), (0...64).contains(bits)
            else { throw Fault(reason: "parseInt needs a text, a base from 2 to 36 and a number of bits up to 64") }
            return .number(digits, base: base, bits: bits == 0 ? 64 : bits)
        case _ where word.hasPrefix(".Group.") && word.count > 7: return .group(String(word.dropFirst(7)))
        default: return quoted(word).map { .text($0) }
        }
    }

    private static func index(_ words: inout ArraySlice<String>) -> Value? {
        switch words.popFirst() {
        case ".Match": return words.popFirst().flatMap { Int($0) }.map { .match($0) }
        case ".Group": return words.popFirst().flatMap(quoted).map { .group($0) }
        default: return nil
        }
    }

    private static func quoted(_ word: String) -> String? {
        for mark in ["\"", "`"] where word.count >= 2 && word.hasPrefix(mark) && word.hasSuffix(mark) {
            return String(word.dropFirst().dropLast())
        }
        return nil
    }
}
