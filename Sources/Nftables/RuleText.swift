internal import NetworkTypes

/// Writes a rule's expressions as nft would: a small decompiler that remembers what each register was loaded with.
struct RuleText {
    private(set) var words: [String] = []
    /// What is loaded: one field, or the fields of a concatenation.
    private var loaded: [LoadedField] = []
    /// Where each of them is.
    private var registers: [Register] = []
    private var transport: TransportProtocol?

    init(_ expressions: [Expression]) {
        for expression in expressions { append(expression) }
    }

    private mutating func append(_ expression: Expression) {
        switch expression {
        case .payload(let field, let register): load(LoadedField(field, transport: transport), register)
        case .meta(let key, let register): load(LoadedField(key), register)
        case .conntrack(let key, let direction, let register): load(LoadedField(key, direction), register)
        case .fib(let result, let flags, let register): load(LoadedField(result, flags), register)
        case .numgen(let generator, let register):
            load(LoadedField(text: generator.description, format: .decimal, byteCount: 4), register)
        case .hash(_, _, let modulus, let seed, let offset, let register):
            let seed = seed.map { " seed 0x" + String($0, radix: 16) } ?? ""
            let text = "jhash \(key) mod \(modulus)\(seed)" + (offset == 0 ? "" : " offset \(offset)")
            load(LoadedField(text: text, format: .decimal, byteCount: 4), register)
        case .immediate(let data, let register):
            var field = LoadedField(text: FieldFormat.raw.text(data), format: .raw, byteCount: data.count)
            field.constant = data
            load(field, register)
        case .bitwise(let from, _, let mask, let xor):
            if let index = registers.firstIndex(of: from) { loaded[index].apply(mask: mask, xor: xor) }
        case .compare(_, let comparison, let data): compare(comparison, data)
        case .range(_, let isNegated, let from, let to):
            let format = loaded.first?.format ?? .raw
            words.append("\(key) \(isNegated ? "!= " : "")\(format.text(from))-\(format.text(to))")
        case .lookup(let set, _, let into, let isNegated): lookup(set, into, isNegated)
        default: words.append(action(expression))
        }
    }

    private mutating func load(_ field: LoadedField, _ register: Register) {
        if register == .first { (loaded, registers) = ([], []) }
        loaded.append(field)
        registers.append(register)
    }

    private var key: String { loaded.map(\.text).joined(separator: " . ") }

    private mutating func compare(_ comparison: Comparison, _ data: [UInt8]) {
        guard let field = loaded.first else { return }
        if case .l4proto = field.format, comparison == .equal, let number = data.first {
            transport = TransportProtocol(rawValue: number)
        }
        words.append(field.comparison(comparison, data))
    }

    private mutating func lookup(_ set: String, _ into: Register?, _ isNegated: Bool) {
        switch into {
        case nil: words.append("\(key) \(isNegated ? "!= " : "")@\(set)")
        case Register.verdict: words.append("\(key) vmap @\(set)")
        default: (loaded, registers) = ([LoadedField(text: "\(key) map @\(set)", format: .raw, byteCount: 0)], [.first])
        }
    }

    private func action(_ expression: Expression) -> String {
        switch expression {
        case .verdict(let verdict): "\(verdict)"
        case .counter: "counter"
        case .notrack: "notrack"
        case .setMeta(let key, _): "\(LoadedField(key).text) set \(self.key)"
        case .setConntrack(let key, _): "\(LoadedField(key, nil).text) set \(self.key)"
        case .nat(let nat): translation(nat)
        case .masquerade(let flags): "masquerade\(flags.words)"
        case .redirect(let port, let flags): "redirect\(port == nil ? "" : " to :\(key)")\(flags.words)"
        case .reject(let rejection): "reject\(rejection.words)"
        case .log(let prefix): "log prefix \"\(prefix)\""
        case .limit(let limit): "limit rate \(limit)"
        case .dynamicSet(let update): dynamicSet(update)
        case .object(let type, let name): "\(type == 1 ? "counter name" : "object of type \(type)") \"\(name)\""
        case .extensionMatch(let match): "(match \(match.name))"
        case .unknown(let kind): "(unknown: \(kind))"
        default: "(unknown)"
        }
    }

    private func translation(_ nat: NetworkTranslation) -> String {
        let verb = nat.kind == .source ? "snat" : "dnat"
        if let place = constantPlace { return "\(verb) \(nat.family) to \(place)\(nat.flags.words)" }
        let what = nat.address == nil ? "" : nat.port == nil ? " \(nat.family)" : " \(nat.family) addr . port"
        return "\(verb)\(what) to \(key)\(nat.flags.words)"
    }

    /// The address and port that are loaded, if both are constants.
    private var constantPlace: String? {
        guard loaded.count == 2, let address = loaded[0].constant.flatMap({ IPAddress(bytes: $0) }),
            let port = loaded[1].constant, port.count == 2
        else { return nil }
        let number = UInt16(port[0]) << 8 | UInt16(port[1])
        return address.family == .ipv4 ? "\(address):\(number)" : "[\(address)]:\(number)"
    }

    private func dynamicSet(_ update: DynamicSetUpdate) -> String {
        let timeout = update.timeoutSeconds.map { " timeout \($0)s" } ?? ""
        return "\(update.action) @\(update.set) { \(key)\(timeout) }"
    }
}

extension Rule: CustomStringConvertible {
    /// The rule as nft writes it.
    package var description: String {
        let words = RuleText(expressions).words + (comment.map { ["comment \"\($0)\""] } ?? [])
        return words.joined(separator: " ")
    }
}

extension TranslationFlags {
    fileprivate var words: String {
        let names = [
            contains(.random) ? "random" : nil, contains(.fullyRandom) ? "fully-random" : nil,
            contains(.persistent) ? "persistent" : nil,
        ].compactMap { $0 }
        return names.isEmpty ? "" : " " + names.joined(separator: ",")
    }
}

extension Rejection {
    fileprivate var words: String {
        switch self {
        case .portUnreachable: ""
        case .administrativelyProhibited: " with icmpx admin-prohibited"
        case .tcpReset: " with tcp reset"
        case .other(let type, let code): " with type \(type) code \(code)"
        }
    }
}

extension RateLimit: CustomStringConvertible {
    /// The limit as nft writes it.
    package var description: String {
        let unit = [1: "second", 60: "minute", 3600: "hour", 86400: "day"][seconds] ?? "\(seconds)s"
        return "\(isOver ? "over " : "")\(packets)/\(unit) burst \(burst) packets"
    }
}
