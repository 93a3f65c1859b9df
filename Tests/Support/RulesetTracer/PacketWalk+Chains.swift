import Nftables
import NodeRuleset

extension PacketWalk {
    /// How a chain is left.
    enum ChainEnd {
        case accepted, dropped, rejected
        /// By its last rule, or by `return`.
        case returned
    }

    mutating func run(_ name: String, depth: Int) throws(TraceProblem) -> ChainEnd {
        guard let planned = tracer.chains[name] else { throw TraceProblem(description: "no chain \(name)") }
        // NFT_JUMP_STACK_SIZE
        guard depth < 16 else { throw TraceProblem(description: "too many jumps to \(name)") }
        for rule in planned.rules {
            switch try evaluate(rule) {
            case .none, .continue?: continue
            case .accept?: return .accepted
            case .drop?: return .dropped
            case .return?: return .returned
            case .rejected?: return .rejected
            case .jump(let target)?:
                let end = try run(target, depth: depth + 1)
                if end != .returned { return end }
            // A chain that is gone to returns where this one would.
            case .goto(let target)?: return try run(target, depth: depth)
            }
        }
        return .returned
    }

    /// What a rule decides.
    enum Decision {
        case accept, drop, `continue`, `return`, rejected
        case jump(String)
        case goto(String)

        init(_ verdict: Verdict) {
            switch verdict {
            case .accept: self = .accept
            case .drop: self = .drop
            case .continue: self = .continue
            case .return: self = .return
            case .jump(let chain): self = .jump(chain)
            case .goto(let chain): self = .goto(chain)
            }
        }
    }

    /// Nil if the packet does not match, or nothing is decided.
    private mutating func evaluate(_ rule: Rule) throws(TraceProblem) -> Decision? {
        var registers = Registers()
        for expression in rule.expressions {
            switch try step(expression, &registers) {
            case .next: continue
            case .end: return nil
            case .decided(let decision): return decision
            }
        }
        return nil
    }
}
