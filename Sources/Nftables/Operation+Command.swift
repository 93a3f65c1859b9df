internal import NetworkTypes

extension Operation {
    /// The operation as a command of nft.
    package func command(in table: Table) -> String {
        switch self {
        // nft takes flags that are not named away.
        case .addTable, .wakeTable: "add table \(table)"
        case .deleteTable: "delete table \(table)"
        case .createChain(let chain): "add chain \(table) \(chain.name)\(chain.body)"
        case .setPolicy(let chain): "add chain \(table) \(chain.name) { policy \(chain.base?.policy ?? .accept); }"
        case .flushChain(let name): "flush chain \(table) \(name)"
        case .deleteChain(let name): "delete chain \(table) \(name)"
        case .addRule(let rule, let chain): "add rule \(table) \(chain) \(rule)"
        case .createSet(let set): "add \(set.kind) \(table) \(set.name) { \(set.body) }"
        case .flushSet(let name): "flush set \(table) \(name)"
        case .deleteSet(let name): "delete set \(table) \(name)"
        case .addElements(let elements, let set):
            "add element \(table) \(set.name) { \(set.text(elements, withValues: true)) }"
        case .deleteElements(let elements, let set):
            "delete element \(table) \(set.name) { \(set.text(elements, withValues: false)) }"
        }
    }
}

extension Chain {
    fileprivate var body: String {
        var parts: [String] = []
        if let base {
            parts.append("type \(base.type) hook \(base.hook) priority \(base.priority)")
            parts.append("policy \(base.policy)")
        }
        if let comment { parts.append("comment \"\(comment)\"") }
        return parts.isEmpty ? "" : " { \(parts.map { "\($0);" }.joined(separator: " ")) }"
    }
}

extension SetDefinition {
    fileprivate var kind: String { value == nil ? "set" : "map" }

    /// What stands between the braces of the set's declaration.
    fileprivate var body: String {
        var type = "typeof \(Self.concatenation(key))"
        switch value {
        case nil: break
        case .verdict: type += " : verdict"
        case .fields(let fields): type += " : \(Self.concatenation(fields))"
        }
        let flags = [isInterval ? "interval" : nil, isDynamic ? "dynamic" : nil, hasTimeout ? "timeout" : nil]
        let named = flags.compactMap { $0 }
        let parts = [
            type,
            named.isEmpty ? nil : "flags \(named.joined(separator: ","))",
            timeoutSeconds.map { "timeout \($0)s" },
            size.map { "size \($0)" },
            comment.map { "comment \"\($0)\"" },
        ]
        return parts.compactMap { $0 }.map { "\($0);" }.joined(separator: " ")
    }

    private static func concatenation(_ fields: [Selector]) -> String {
        fields.map(\.description).joined(separator: " . ")
    }

    fileprivate func text(_ elements: [SetElement], withValues: Bool) -> String {
        elements.map { text($0, withValue: withValues) }.joined(separator: ", ")
    }

    /// The element as nft writes it.
    package func text(_ element: SetElement, withValue: Bool = true) -> String {
        var text = Self.text(element.key, to: element.end, key)
        guard withValue else { return text }
        if let timeout = element.timeoutSeconds { text += " timeout \(timeout)s" }
        if let comment = element.comment { text += " comment \"\(comment)\"" }
        switch (element.value, value) {
        case (.verdict(let verdict), _): text += " : \(verdict)"
        case (.data(let data), .fields(let fields)): text += " : \(Self.text(data, to: nil, fields))"
        case (.data, _), (nil, _): break
        }
        return text
    }

    private static func text(_ bytes: [UInt8], to end: [UInt8]?, _ fields: [Selector]) -> String {
        var offset = 0
        return fields.map { field in
            defer { offset += (field.byteCount + 3) / 4 * 4 }
            let first = slice(bytes, offset, field.byteCount)
            guard let end else { return field.format.text(first) }
            let last = slice(end, offset, field.byteCount)
            return first == last ? field.format.text(first) : range(first, last, field.format)
        }.joined(separator: " . ")
    }

    private static func slice(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> [UInt8] {
        Array(bytes.dropFirst(offset).prefix(count))
    }

    /// A network if the range is one, else its two ends.
    private static func range(_ first: [UInt8], _ last: [UInt8], _ format: FieldFormat) -> String {
        guard let base = IPAddress(bytes: first), let end = IPAddress(bytes: last), base.family == end.family,
            case .address = format
        else { return "\(format.text(first))-\(format.text(last))" }
        let differing = base.number ^ end.number
        let length = differing.leadingZeroBitCount - (128 - base.family.bitWidth)
        let network = IPPrefix(containing: base, length: length)
        guard network.base == base, network.last == end else { return "\(base)-\(end)" }
        return "\(network)"
    }
}
