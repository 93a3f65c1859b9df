/// Reads words as directives and server blocks. What stands before a fault is kept.
struct CorefileParser {
    /// The deepest that texts import texts, so that none imports itself for ever.
    private static let deepestImport = 16
    /// The most words, all imported ones counted.
    private static let mostTokens = 100_000

    private(set) var directives: [CorefileDirective] = []
    private(set) var blocks: [CorefileBlock] = []
    private(set) var fault: CorefileFault?
    /// The bodies of snippets by name: `(name) { … }`.
    private(set) var snippets: [String: [CorefileToken]]
    /// The texts that may be imported, by key.
    private let files: [String: String]
    private var tokens: [CorefileToken] = []
    private var place = 0
    private var tokenCount = 0

    /// What stands inside of a server block.
    init(directivesOf key: String, in files: [String: String]) {
        self.init(key, files, [:]) { parser throws(CorefileFault) in
            while let token = parser.current {
                if token.closesBlock { throw CorefileFault("a } closes nothing: take it out", at: token) }
                parser.directives.append(try parser.directive())
            }
        }
    }

    /// Server blocks.
    ///
    /// - Parameter snippets: those of the texts before.
    init(blocksOf key: String, in files: [String: String], snippets: [String: [CorefileToken]]) {
        self.init(key, files, snippets) { parser throws(CorefileFault) in
            while parser.current != nil { try parser.block() }
        }
    }

    private init(
        _ key: String,
        _ files: [String: String],
        _ snippets: [String: [CorefileToken]],
        _ read: (inout CorefileParser) throws(CorefileFault) -> Void
    ) {
        self.files = files
        self.snippets = snippets
        do throws(CorefileFault) {
            tokens = try expand(CorefileLexer.tokens(files[key] ?? "", key: key), depth: 0)
            try read(&self)
        } catch {
            fault = error
        }
    }

    private var current: CorefileToken? { place < tokens.count ? tokens[place] : nil }

    /// The next word if it is on the line of the one before.
    private var onSameLine: CorefileToken? {
        guard let current, place > 0, !current.isOnNewLine(after: tokens[place - 1]) else { return nil }
        return current
    }

    // MARK: - Imports

    /// Puts what is imported in the place of `import NAME`.
    private mutating func expand(_ tokens: [CorefileToken], depth: Int) throws(CorefileFault) -> [CorefileToken] {
        var expanded: [CorefileToken] = []
        var place = 0
        while place < tokens.count {
            let token = tokens[place]
            place += 1
            tokenCount += 1
            let startsLine = place < 2 || token.isOnNewLine(after: tokens[place - 2])
            guard token.text == "import", !token.isQuoted, startsLine else {
                expanded.append(try checked(token))
                continue
            }
            guard place < tokens.count, !tokens[place].isOnNewLine(after: token) else {
                throw CorefileFault("it needs the name of a snippet or key", at: token, in: "import")
            }
            guard depth < Self.deepestImport, tokenCount < Self.mostTokens else {
                throw CorefileFault("imports lead to imports without end: take one out", at: token, in: "import")
            }
            // A snippet may be one of this very text: what is before the import is read then.
            if snippets[tokens[place].text] == nil { try noteSnippets(in: expanded) }
            expanded += try expand(try imported(tokens[place]), depth: depth + 1)
            place += 1
        }
        return expanded
    }

    private func checked(_ token: CorefileToken) throws(CorefileFault) -> CorefileToken {
        for reference in ["{$", "{%"] where token.text.contains(reference) {
            let reason = "'\(token.text)' takes a value from the environment, which is CoreDNS's own: write the value"
            throw CorefileFault(reason, at: token)
        }
        return token
    }

    private func imported(_ name: CorefileToken) throws(CorefileFault) -> [CorefileToken] {
        if let snippet = snippets[name.text] { return snippet }
        guard let key = CustomFile.key(ofPath: name.text), let text = files[key] else {
            let reason = "'\(name.text)' is no snippet above it and no key of the ConfigMap: correct the name"
            throw CorefileFault(reason, at: name, in: "import")
        }
        return try CorefileLexer.tokens(text, key: key)
    }

    private mutating func noteSnippets(in tokens: [CorefileToken]) throws(CorefileFault) {
        var index = 0
        while index + 1 < tokens.count {
            defer { index += 1 }
            guard let name = Self.snippetName(tokens[index]), tokens[index + 1].opensBlock else { continue }
            let start = index + 2
            var depth = 1
            index = start
            while index < tokens.count, depth > 0 {
                if tokens[index].opensBlock { depth += 1 }
                if tokens[index].closesBlock { depth -= 1 }
                index += 1
            }
            if depth == 0, snippets[name] == nil { snippets[name] = Array(tokens[start..<index - 1]) }
            // At its closing brace: the next word may be the name of the next snippet.
            index -= 1
        }
    }

    private static func snippetName(_ token: CorefileToken) -> String? {
        guard token.text.hasPrefix("("), token.text.hasSuffix(")") else { return nil }
        return String(token.text.dropFirst().dropLast())
    }

    // MARK: - Blocks and directives

    private mutating func block() throws(CorefileFault) {
        var keys: [CorefileToken] = []
        var expectsKey = false
        while let token = current, !token.opensBlock {
            if !keys.isEmpty, !expectsKey, onSameLine == nil { break }
            keys.append(token)
            expectsKey = token.text.hasSuffix(",")
            place += 1
        }
        guard let opening = current, opening.opensBlock, let first = keys.first else {
            let token = keys.first ?? tokens[max(0, min(place, tokens.count - 1))]
            throw CorefileFault("a server block is zones, { and }: write its braces", at: token)
        }
        place += 1
        var directives: [CorefileDirective] = []
        while let token = current, !token.closesBlock { directives.append(try directive()) }
        guard current != nil else { throw Self.unclosed(opening, in: nil) }
        place += 1
        if Self.snippetName(first) != nil {
            try noteSnippets(in: tokens)
        } else {
            blocks.append(CorefileBlock(keys: keys, directives: directives))
        }
    }

    private mutating func directive() throws(CorefileFault) -> CorefileDirective {
        let name = tokens[place]
        place += 1
        if name.opensBlock { throw CorefileFault("a { begins a line: put it behind its directive", at: name) }
        var arguments: [CorefileToken] = []
        while let token = onSameLine, !token.opensBlock, !token.closesBlock {
            arguments.append(token)
            place += 1
        }
        guard let opening = onSameLine, opening.opensBlock else {
            return CorefileDirective(name: name, arguments: arguments, block: [])
        }
        place += 1
        return CorefileDirective(name: name, arguments: arguments, block: try lines(of: name, opening))
    }

    private mutating func lines(
        of name: CorefileToken,
        _ opening: CorefileToken
    ) throws(CorefileFault) -> [[CorefileToken]] {
        var lines: [[CorefileToken]] = []
        while let token = current {
            place += 1
            if token.closesBlock { return lines }
            if token.opensBlock {
                throw CorefileFault("a { inside of its block: is a } missing before it?", at: token, in: name.text)
            }
            if let last = lines.last?.last, !token.isOnNewLine(after: last) {
                lines[lines.count - 1].append(token)
            } else {
                lines.append([token])
            }
        }
        throw Self.unclosed(opening, in: name.text)
    }

    private static func unclosed(_ opening: CorefileToken, in directive: String?) -> CorefileFault {
        CorefileFault("its { is not closed: put a } behind its last line", at: opening, in: directive)
    }
}
