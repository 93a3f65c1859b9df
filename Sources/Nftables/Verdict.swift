/// The fate that a rule, or an element of a verdict map, decides for a packet.
package enum Verdict: Hashable, Sendable {
    case accept
    case drop
    /// Go on with the next rule.
    case `continue`
    /// Go back to the rule after the jump; from a base chain, to its policy.
    case `return`
    /// Continue in the chain of this name, then after this rule.
    case jump(String)
    /// Continue in the chain of this name, and do not come back here.
    case goto(String)

    /// The chain that the verdict refers to, which must exist and cannot be deleted while it does.
    package var chain: String? {
        switch self {
        case .jump(let name), .goto(let name): name
        case .accept, .drop, .continue, .return: nil
        }
    }

    /// The kernel's code (NF_* and NFT_*).
    var code: Int32 {
        switch self {
        case .drop: 0
        case .accept: 1
        case .continue: -1
        case .jump: -3
        case .goto: -4
        case .return: -5
        }
    }

    /// The verdict of this code, or nil if it is one that Linnet does not know.
    init?(code: Int32, chain: String?) {
        switch (code, chain) {
        case (0, _): self = .drop
        case (1, _): self = .accept
        case (-1, _): self = .continue
        case (-3, let name?): self = .jump(name)
        case (-4, let name?): self = .goto(name)
        case (-5, _): self = .return
        default: return nil
        }
    }
}

extension Verdict: CustomStringConvertible {
    /// The verdict as nft writes it.
    package var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .continue: "continue"
        case .return: "return"
        case .jump(let name): "jump \(name)"
        case .goto(let name): "goto \(name)"
        }
    }
}
