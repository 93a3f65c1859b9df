import NetworkTypes

/// A packet of which some things are known: the first of a TCP connection from outside to a port of this host.
struct SoughtPacket {
    let port: UInt16
    /// The addresses of this host, one of which it is for.
    let addresses: Set<IPAddress>

    /// What a field of it may be; nil if that is not known.
    func values(of field: PayloadField) -> [[UInt8]]? {
        switch (field.header, field.offset, field.length) {
        case (.transport, 2, 2): [[UInt8(port >> 8), UInt8(port & 0xff)]]
        case (.network, 9, 1): [[TransportProtocol.tcp.rawValue]]
        case (.network, 16, 4): addresses.filter { $0.family == .ipv4 }.map(\.bytes)
        case (.network, 24, 16): addresses.filter { $0.family == .ipv6 }.map(\.bytes)
        default: nil
        }
    }

    func values(of key: MetaKey) -> [[UInt8]]? {
        key == .transportProtocol ? [[TransportProtocol.tcp.rawValue]] : nil
    }
}

/// What registers may hold while a rule is applied to a packet of which some things are known.
struct SoughtRegisters {
    /// Whether the rule goes on behind an expression.
    enum Answer {
        case yes, no, perhaps
    }

    /// By the first of their words. Several values are one of which it is.
    private var values: [UInt32: [[UInt8]]] = [:]

    mutating func forget(_ register: Register) { values[register.firstWord] = nil }

    mutating func apply(_ expression: Expression, to packet: SoughtPacket) -> Answer {
        switch expression {
        case .payload(let field, into: let register): load(packet.values(of: field), register)
        case .meta(let key, into: let register): load(packet.values(of: key), register)
        case .immediate(let data, into: let register): load([data], register)
        // RTN_LOCAL, in host byte order.
        case .fib(.addressType, let flags, into: let register):
            load(flags.contains(.destinationAddress) ? [[2, 0, 0, 0]] : nil, register)
        case .bitwise(let from, let into, let mask, let xor):
            load(values[from.firstWord]?.map { Self.masked($0, mask, xor) }, into)
        case .conntrack(_, _, into: let register), .numgen(_, into: let register), .fib(_, _, into: let register),
            .hash(_, _, _, _, _, into: let register):
            forget(register)
        case .compare(let register, let comparison, let data):
            return answer(register) { Self.holds($0, comparison, data) }
        case .range(let register, let isNegated, let from, let to):
            return answer(register) { (Self.isOrdered(from, $0) && Self.isOrdered($0, to)) != isNegated }
        case .extensionMatch(let match):
            return match.answer(packet.port)
        case .limit, .unknown: return .perhaps
        default: break
        }
        return .yes
    }

    private mutating func load(_ loaded: [[UInt8]]?, _ register: Register) { values[register.firstWord] = loaded }

    private func answer(_ register: Register, _ holds: ([UInt8]) -> Bool) -> Answer {
        guard let values = values[register.firstWord] else { return .perhaps }
        let count = values.count(where: holds)
        return count == 0 ? .no : count == values.count ? .yes : .perhaps
    }

    /// Whether the key in registers may be the element's.
    func mayBe(_ element: SetElement, at key: Register) -> Bool {
        let end = element.end ?? element.key
        for (word, candidates) in values where word >= key.firstWord {
            let start = Int(word - key.firstWord) * 4
            guard start < element.key.count else { continue }
            let fits = candidates.contains { candidate in
                let last = start + candidate.count
                guard last <= element.key.count, last <= end.count else { return false }
                return Self.isOrdered(element.key[start..<last], candidate)
                    && Self.isOrdered(candidate, end[start..<last])
            }
            if !fits { return false }
        }
        return true
    }

    private static func holds(_ value: [UInt8], _ comparison: Comparison, _ data: [UInt8]) -> Bool {
        // A name of a link may be compared by its beginning.
        let value = value.prefix(data.count)
        return switch comparison {
        case .equal: value.elementsEqual(data)
        case .notEqual: !value.elementsEqual(data)
        case .less: !isOrdered(data, value)
        case .lessOrEqual: isOrdered(value, data)
        case .greater: !isOrdered(value, data)
        case .greaterOrEqual: isOrdered(data, value)
        }
    }

    /// Whether the left comes before the right, or is it.
    private static func isOrdered(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        !right.lexicographicallyPrecedes(left)
    }

    private static func masked(_ value: [UInt8], _ mask: [UInt8], _ xor: [UInt8]) -> [UInt8] {
        value.indices.map { index in
            guard index < mask.count, index < xor.count else { return value[index] }
            return value[index] & mask[index] ^ xor[index]
        }
    }
}

extension Register {
    /// Which of the sixteen words it begins with.
    fileprivate var firstWord: UInt32 { rawValue <= 4 ? (rawValue - 1) * 4 : rawValue - 8 }
}
