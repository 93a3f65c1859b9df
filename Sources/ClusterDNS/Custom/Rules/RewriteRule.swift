import DNSWire
import NamePattern

/// A `rewrite name` directive: another name is asked for than the client did, and the answer is made one to its question.
struct RewriteRule: Hashable, Sendable {
    /// Which names.
    enum Match: Hashable, Sendable {
        case exact(String)
        case prefix(String)
        case suffix(String)
        case substring(String)
        case pattern(NamePattern)
    }

    let match: Match
    private let replacement: String
    /// Whether later rules may rewrite it again.
    let continues: Bool
    /// Whether the answer's names are made those of the question again.
    private var restores = true
    private var answers: [AnswerRewriting] = []

    /// The name that is asked for instead, nil if the rule is not for this one.
    ///
    /// - Parameter text: in lower case with a final dot.
    func rewrite(_ text: String) -> String? {
        switch match {
        case .exact(let from): text == from ? replacement : nil
        case .prefix(let from): text.hasPrefix(from) ? replacement + text.dropFirst(from.utf8.count) : nil
        case .suffix(let from): TextRewriting.suffix(from: from, to: replacement).rewrite(text)
        case .substring(let from): text.contains(from) ? text.replacing(from, with: replacement) : nil
        case .pattern(let pattern): TextRewriting.pattern(pattern, replacement).rewrite(text)
        }
    }

    /// How records are changed back, the last first.
    func answers(from text: String, to rewritten: String) -> [AnswerRewriting] {
        guard restores else { return answers }
        let back =
            if case .suffix(let from) = match {
                TextRewriting.suffix(from: replacement, to: from)
            } else {
                TextRewriting.subtree(from: rewritten, to: text)
            }
        return [AnswerRewriting(part: .both, rewriting: back)] + answers
    }

    // MARK: - Reading

    /// `rewrite [continue|stop] name [KIND] FROM TO [answer …]`, in one line or over those of a block. Nil if it is another
    /// kind of rewriting.
    init?(
        _ directive: CorefileDirective,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) {
        var words = directive.arguments
        if words.count < 2 { words += directive.block.flatMap(\.self) }
        var mode = "stop"
        if let first = words.first?.text.lowercased(), first == "continue" || first == "stop" {
            mode = first
            words.removeFirst()
        }
        continues = mode == "continue"
        guard let kind = words.first else { throw directive.fault("it needs 'name', FROM and TO") }
        words.removeFirst()
        guard kind.text.lowercased() == "name" else {
            let known = ["class", "type", "edns0", "ttl", "cname", "rcode"]
            guard known.contains(kind.text.lowercased()) else {
                throw directive.fault("'\(kind.text)' is nothing that CoreDNS rewrites: write name", at: kind)
            }
            let reason = "only names are rewritten here, not '\(kind.text)': take it out, or keep CoreDNS for it"
            complaints.append(CustomComplaint(.unsupported, at: kind, in: "rewrite", reason))
            return nil
        }
        guard words.count >= 2 else { throw directive.fault("a name rule needs FROM and TO", at: kind) }
        let match = words.count == 2 ? "exact" : words.removeFirst().text.lowercased()
        (self.match, replacement) = try Self.match(match, words[0], words[1], directive)
        try readAnswers(words.dropFirst(2), isExact: match == "exact", directive)
    }

    private static func match(
        _ kind: String,
        _ from: CorefileToken,
        _ to: CorefileToken,
        _ directive: CorefileDirective
    ) throws(CorefileFault) -> (Match, String) {
        let target = closed(to.text)
        switch kind {
        case "exact", "suffix", "prefix", "substring":
            if kind == "exact", (try? DNSName(parsing: to.text)) == nil {
                throw directive.fault("'\(to.text)' is no name", at: to)
            }
            let source = closed(from.text)
            let match: Match =
                switch kind {
                case "exact": .exact(source)
                case "suffix": .suffix(source)
                case "prefix": .prefix(source)
                default: .substring(source)
                }
            return (match, target)
        case "regex": return (.pattern(try pattern(from, filling: to, directive)), target)
        default:
            throw directive.fault("'\(kind)' is no kind of name: exact, prefix, suffix, substring or regex", at: from)
        }
    }

    /// As CoreDNS has names in rules, those of prefixes too: in lower case with a final dot.
    private static func closed(_ text: String) -> String {
        let folded = text.lowercased()
        return folded.hasSuffix(".") ? folded : folded + "."
    }

    private static func pattern(
        _ from: CorefileToken,
        filling to: CorefileToken,
        _ directive: CorefileDirective
    ) throws(CorefileFault) -> NamePattern {
        let pattern = try directive.pattern(from)
        guard TextRewriting.references(in: to.text) < pattern.groupNames.count else {
            throw directive.fault("'\(to.text)' refers to more groups than '\(from.text)' has", at: to)
        }
        return pattern
    }

    private mutating func readAnswers(
        _ words: ArraySlice<CorefileToken>,
        isExact: Bool,
        _ directive: CorefileDirective
    ) throws(CorefileFault) {
        var rest = words
        var isAuto = false
        var hasNames = false
        while let word = rest.popFirst() {
            var kind = word
            if word.text == "answer" {
                guard let next = rest.popFirst() else {
                    throw directive.fault("answer needs auto, name or value", at: word)
                }
                kind = next
            } else if rest.startIndex == words.startIndex + 1 {
                throw directive.fault("'\(word.text)' is one argument too many", at: word)
            }
            switch kind.text {
            case "auto": isAuto = true
            case "name", "value":
                guard let from = rest.popFirst(), let to = rest.popFirst() else {
                    throw directive.fault("answer \(kind.text) needs FROM and TO", at: kind)
                }
                hasNames = hasNames || kind.text == "name"
                let rewriting = TextRewriting.pattern(
                    try Self.pattern(from, filling: to, directive),
                    Self.closed(to.text)
                )
                answers.append(AnswerRewriting(part: kind.text == "name" ? .owner : .value, rewriting: rewriting))
            default: throw directive.fault("'\(kind.text)' is no answer rule: auto, name or value", at: kind)
            }
        }
        if isAuto, hasNames { throw directive.fault("answer auto and answer name exclude each other") }
        // Without any rule the answer would not be one to the question, which stub resolvers drop.
        restores = isExact || isAuto || answers.isEmpty
    }
}

extension CorefileDirective {
    /// A regular expression that is an argument.
    func pattern(_ token: CorefileToken) throws(CorefileFault) -> NamePattern {
        do throws(PatternError) {
            return try NamePattern(parsing: token.text)
        } catch {
            throw fault("'\(token.text)' is no regular expression: \(error)", at: token)
        }
    }
}
