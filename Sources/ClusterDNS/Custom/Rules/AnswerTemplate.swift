import DNSWire
import NamePattern

/// A `template` directive: answers that are made of the question.
struct AnswerTemplate: Hashable, Sendable {
    /// What a template says to a question.
    enum Outcome: Hashable, Sendable {
        /// It is for others.
        case passes
        /// Nobody answers.
        case fails
        case answers(CustomAnswer)
    }

    private let zones: [DNSName]
    private let recordClass: RecordClass
    private let type: RecordType
    private var patterns: [NamePattern] = []
    private var answers: [TemplateText] = []
    private var additionals: [TemplateText] = []
    private var authorities: [TemplateText] = []
    private var code = ResponseCode.noError
    private var extendedError: EDNSOption?
    private var fallsThrough = FallThrough.none

    /// - Parameter text: the name in lower case with a final dot.
    func outcome(_ name: DNSName, _ text: String, _ type: RecordType) -> Outcome {
        guard let zone = zones.longestZone(of: name), recordClass == .in || recordClass == .any,
            self.type == type || self.type == .any || type == .any
        else { return .passes }
        let octets = Array(text.utf8)
        for pattern in patterns {
            guard let groups = pattern.firstMatch(in: octets) else { continue }
            return outcome(
                TemplateText.Values(
                    name: text,
                    zone: zone.description,
                    type: "\(type == .any ? self.type : type)",
                    recordClass: "IN",
                    pattern: pattern.text,
                    matches: groups.map { String(decoding: octets[$0 ?? 0..<0], as: UTF8.self) },
                    groupNames: pattern.groupNames
                ),
                type
            )
        }
        return fallsThrough.lets(name) ? .passes : .fails
    }

    private func outcome(_ values: TemplateText.Values, _ type: RecordType) -> Outcome {
        guard code != .serverFailure else { return .fails }
        guard let answers = Self.records(answers, values), let authorities = Self.records(authorities, values),
            let additionals = Self.records(additionals, values)
        else { return .fails }
        var answer = CustomAnswer(
            code: code,
            answers: answers,
            authorities: authorities,
            additionals: additionals,
            extendedError: extendedError
        )
        if type == .a || type == .aaaa, case .cname(let target)? = answers.last?.data { answer.target = target }
        return .answers(answer)
    }

    private static func records(_ texts: [TemplateText], _ values: TemplateText.Values) -> [ResourceRecord]? {
        var records: [ResourceRecord] = []
        for text in texts {
            guard let record = text.filled(with: values).flatMap({ try? RecordText.record($0) }) else { return nil }
            records.append(record)
        }
        return records
    }

    // MARK: - Reading

    /// `template CLASS TYPE [ZONES] { … }`. Nil if something of it is not supported.
    init?(
        _ directive: CorefileDirective,
        zones blockZones: [DNSName],
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) {
        let arguments = directive.arguments
        guard arguments.count >= 2 else { throw directive.fault("it needs a class and a type") }
        guard let recordClass = RecordClass(parsing: arguments[0].text) else {
            throw directive.fault("'\(arguments[0].text)' is no class: write IN", at: arguments[0])
        }
        guard let type = RecordType(parsing: arguments[1].text) else {
            throw directive.fault("'\(arguments[1].text)' is no type that is known", at: arguments[1])
        }
        self.recordClass = recordClass
        self.type = type
        var zones: [DNSName] = arguments.count > 2 ? [] : blockZones
        for argument in arguments.dropFirst(2) { zones += try CorefileZone.names(argument, in: directive) }
        self.zones = zones
        let former = complaints.count
        for line in directive.block { try readOption(line, directive, &complaints) }
        guard complaints.count == former else { return nil }
        if patterns.isEmpty, let all = try? NamePattern(parsing: ".*") { patterns = [all] }
        try check(directive)
    }

    private mutating func readOption(
        _ line: [CorefileToken],
        _ directive: CorefileDirective,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) {
        let (option, words) = (line[0], line.dropFirst())
        func needWords() throws(CorefileFault) {
            if words.isEmpty { throw directive.fault("\(option.text) needs an argument", at: option) }
        }
        switch option.text {
        case "match":
            try needWords()
            for word in words { patterns.append(try directive.pattern(word)) }
        case "answer":
            try needWords()
            answers += Self.texts(words, &complaints)
        case "additional":
            try needWords()
            additionals += Self.texts(words, &complaints)
        case "authority":
            try needWords()
            authorities += Self.texts(words, &complaints)
        case "rcode":
            guard let code = words.first.flatMap({ ResponseCode(parsing: $0.text) }) else {
                throw directive.fault("rcode needs a code such as NXDOMAIN", at: option)
            }
            self.code = code
        case "ederror":
            guard (1...2).contains(words.count), let number = words.first.flatMap({ UInt16($0.text) }) else {
                throw directive.fault("ederror needs a number and at most a text", at: option)
            }
            let text = words.count > 1 ? words.last?.text ?? "" : ""
            extendedError = .extendedError(ExtendedErrorCode(rawValue: number), text)
        case "fallthrough": fallsThrough = try FallThrough(line, in: directive)
        case "upstream": break
        case "var", "expr":
            let reason = "\(option.text) is not supported: match by a regular expression instead"
            complaints.append(CustomComplaint(.unsupported, at: option, in: "template", reason))
        default: throw directive.fault("'\(option.text)' is none of its options: correct it", at: option)
        }
    }

    private static func texts(
        _ words: ArraySlice<CorefileToken>,
        _ complaints: inout [CustomComplaint]
    ) -> [TemplateText] {
        words.compactMap { word in
            do throws(TemplateText.Fault) {
                return try TemplateText(parsing: word.text)
            } catch {
                complaints.append(CustomComplaint(.unsupported, at: word, in: "template", error.reason))
                return nil
            }
        }
    }

    /// What no query could make a record of is said at once.
    private func check(_ directive: CorefileDirective) throws(CorefileFault) {
        let names = patterns.flatMap { pattern in
            pattern.groupNames.compactMap(\.self) + pattern.groupNames.indices.map { "\($0)" }
        }
        let example = TemplateText.Values(
            name: "name.example.",
            zone: "example.",
            type: "\(type)",
            recordClass: "IN",
            pattern: "",
            matches: [],
            groupNames: []
        )
        for text in answers + additionals + authorities {
            if let name = text.groups.first(where: { !names.contains($0) }) {
                throw directive.fault("no expression of match has a group '\(name)'")
            }
            guard !text.dependsOnMatch, let filled = text.filled(with: example) else { continue }
            do throws(RecordText.Fault) {
                _ = try RecordText.record(filled)
            } catch {
                throw directive.fault("'\(filled)' is no record: \(error.reason)")
            }
        }
    }
}
