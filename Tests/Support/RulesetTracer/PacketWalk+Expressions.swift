import NetworkTypes
import Nftables

extension PacketWalk {
    enum Step {
        case next
        /// The rule does not match.
        case end
        case decided(Decision)
    }

    mutating func step(_ expression: Expression, _ registers: inout Registers) throws(TraceProblem) -> Step {
        switch expression {
        case .payload(let field, let register): try registers.store(try bytes(field), register)
        case .meta(let key, let register): try registers.store(try bytes(key), register)
        case .conntrack(let key, _, let register): try registers.store(try bytes(key), register)
        case .fib(.addressType, let flags, let register): try registers.store(addressType(flags), register)
        case .numgen(let generator, let register):
            try registers.store(FieldValue.number(draw(generator)).bytes, register)
        case .immediate(let data, let register): try registers.store(data, register)
        case .bitwise(let from, let into, let mask, let xor):
            let masked = zip(try registers.load(from, mask.count), mask).map { $0 & $1 }
            try registers.store(zip(masked, xor).map { $0 ^ $1 }, into)
        case .compare(let register, let comparison, let data):
            return comparison.holds(try registers.load(register, data.count), data) ? .next : .end
        case .lookup(let set, let key, let into, let isNegated):
            return try look(set, key, into, isNegated, &registers)
        case .dynamicSet(let update): try insert(update, registers)
        case .nat(let translation): return try translate(translation, registers)
        case .masquerade:
            isMasqueraded = true
            return .decided(.accept)
        case .verdict(let verdict): return .decided(Decision(verdict))
        case .reject: return .decided(.rejected)
        case .counter: break
        default: throw TraceProblem(description: "no model of \(expression)")
        }
        return .next
    }

    private mutating func look(
        _ name: String,
        _ register: Register,
        _ into: Register?,
        _ isNegated: Bool,
        _ registers: inout Registers
    ) throws(TraceProblem) -> Step {
        guard let set = tracer.sets[name] else { throw TraceProblem(description: "no set \(name)") }
        let element = set.element(try registers.load(register, set.keyLength), live: live[name] ?? [])
        guard (element != nil) != isNegated else { return .end }
        guard let into, let element else { return .next }
        switch element.value {
        case .verdict(let verdict)? where into == .verdict: return .decided(Decision(verdict))
        case .data(let data)?: try registers.store(data, into)
        default: throw TraceProblem(description: "map \(name) has no data for register \(into.rawValue)")
        }
        return .next
    }

    private mutating func insert(_ update: DynamicSetUpdate, _ registers: Registers) throws(TraceProblem) {
        guard let set = tracer.sets[update.set], update.action != .delete else {
            throw TraceProblem(description: "no model of \(update)")
        }
        live[update.set, default: []].insert(try registers.load(update.key, set.keyLength))
    }

    private mutating func translate(
        _ translation: NetworkTranslation,
        _ registers: Registers
    ) throws(TraceProblem) -> Step {
        let family = packet.destination.family
        guard translation.kind == .destination, let address = translation.address, let port = translation.port,
            translation.family == (family == .ipv4 ? .ipv4 : .ipv6)
        else { throw TraceProblem(description: "no model of \(translation)") }
        guard let target = IPAddress(bytes: try registers.load(address, family.byteCount)) else {
            throw TraceProblem(description: "no address for \(translation)")
        }
        let bytes = try registers.load(port, 2)
        packet.destination = target
        packet.port = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        isTranslated = true
        return .decided(.accept)
    }
}

extension Comparison {
    fileprivate func holds(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let isLess = left.lexicographicallyPrecedes(right)
        return switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: isLess
        case .lessOrEqual: isLess || left == right
        case .greater: !isLess && left != right
        case .greaterOrEqual: !isLess
        }
    }
}
