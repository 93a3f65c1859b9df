import DNSWire
import NamePattern

/// Makes one name of another. Names are text in lower case with a final dot.
enum TextRewriting: Hashable, Sendable {
    /// The name itself, and what is below it.
    case subtree(from: String, to: String)
    case suffix(from: String, to: String)
    /// `{1}` in the text stands for the first group.
    case pattern(NamePattern, String)

    /// Nil if nothing changes.
    func rewrite(_ text: String) -> String? {
        switch self {
        case .subtree(let from, let to):
            if text == from { return to }
            return text.hasSuffix(".\(from)") ? String(text.dropLast(from.utf8.count)) + to : nil
        case .suffix(let from, let to):
            return text.hasSuffix(from) ? String(text.dropLast(from.utf8.count)) + to : nil
        case .pattern(let pattern, let replacement):
            let octets = Array(text.utf8)
            guard let groups = pattern.firstMatch(in: octets) else { return nil }
            return Self.fill(replacement, groups, octets)
        }
    }

    /// The text with `{N}` replaced by groups.
    private static func fill(_ text: String, _ groups: [Range<Int>?], _ octets: [UInt8]) -> String {
        var text = text
        for (number, group) in groups.enumerated() {
            text = text.replacing("{\(number)}", with: String(decoding: octets[group ?? 0..<0], as: UTF8.self))
        }
        return text
    }

    /// How many groups a text refers to.
    static func references(in text: String) -> Int { (0...100).count { text.contains("{\($0)}") } }
}

/// How a record of the answer is changed on its way back.
struct AnswerRewriting: Hashable, Sendable {
    enum Part: Hashable, Sendable {
        /// The name that the record is about.
        case owner
        /// The name that it leads to.
        case value
        case both
    }

    let part: Part
    let rewriting: TextRewriting

    func apply(to record: inout ResourceRecord) {
        if part != .value { record.name = rewritten(record.name) }
        if part != .owner { record.data = rewritten(record.data) }
    }

    private func rewritten(_ name: DNSName) -> DNSName {
        rewriting.rewrite(name.folded.description).flatMap { try? DNSName(parsing: $0) } ?? name
    }

    private func rewritten(_ data: RecordData) -> RecordData {
        switch data {
        case .cname(let name): return .cname(rewritten(name))
        case .ns(let name): return .ns(rewritten(name))
        case .ptr(let name): return .ptr(rewritten(name))
        case .mx(let preference, let name): return .mx(preference: preference, exchange: rewritten(name))
        case .srv(var location):
            location.target = rewritten(location.target)
            return .srv(location)
        case .soa(var authority):
            authority.primary = rewritten(authority.primary)
            return .soa(authority)
        case .a, .aaaa, .txt, .hinfo, .other: return data
        }
    }
}
