/// A directive of a Corefile: a line, and the lines of its block if it has one.
struct CorefileDirective: Hashable, Sendable {
    let name: CorefileToken
    let arguments: [CorefileToken]
    /// The lines of the block, each of at least one word.
    let block: [[CorefileToken]]

    var words: [String] { arguments.map(\.text) }

    /// A fault of the directive as a whole, or of one of its lines.
    func fault(_ reason: String, at token: CorefileToken? = nil) -> CorefileFault {
        CorefileFault(reason, at: token ?? name, in: name.text)
    }
}

/// A server block: zones, and what is done for names in them.
struct CorefileBlock: Hashable, Sendable {
    let keys: [CorefileToken]
    let directives: [CorefileDirective]
}
