import NetworkTypes
import Nftables
import NodeRuleset

/// One way of one packet through a node.
struct PacketWalk {
    let tracer: RulesetTracer
    /// As it is now.
    var packet: TracedPacket
    let original: TracedPacket
    var isTranslated = false
    var isMasqueraded = false
    var live: [String: Set<[UInt8]>]
    private let draws: [UInt32]
    /// What numgen drew, and out of how many.
    private(set) var drawn: [(number: UInt32, modulus: UInt32)] = []

    init(_ tracer: RulesetTracer, _ packet: TracedPacket, draws: [UInt32]) {
        self.tracer = tracer
        self.packet = packet
        original = packet
        live = tracer.live
        self.draws = draws
    }

    mutating func run() throws(TraceProblem) -> PacketFate {
        for hook in hooksBeforeRouting { if let end = try pass(hook) { return end } }
        // What the node sends to itself is not forwarded, but leaves by the loopback link.
        let isForMe = tracer.localAddresses.contains(packet.destination)
        let after: [Hook] = packet.isOwn ? [.postrouting] : isForMe ? [.input] : [.forward, .postrouting]
        for hook in after { if let end = try pass(hook) { return end } }
        return .delivered(
            to: packet.destination,
            packet.port,
            isTranslated: isTranslated,
            isMasqueraded: isMasqueraded
        )
    }

    private var hooksBeforeRouting: [Hook] { packet.isOwn ? [.output] : [.prerouting] }

    /// Returns the packet's end, if it is here.
    private mutating func pass(_ hook: Hook) throws(TraceProblem) -> PacketFate? {
        var isBound = false
        for planned in tracer.baseChains(hook) {
            let isNAT = planned.chain.base?.type == .nat
            // The first chain that translates is the last one to be asked.
            if isNAT, isBound { continue }
            let before = (isTranslated, isMasqueraded)
            switch try run(planned.chain.name, depth: 0) {
            case .dropped: return .dropped
            case .rejected: return .rejected
            case .accepted: break
            case .returned: if planned.chain.base?.policy == .drop { return .dropped }
            }
            isBound = isBound || before != (isTranslated, isMasqueraded)
        }
        return nil
    }

    /// The next number of a generator.
    mutating func draw(_ generator: NumberGenerator) -> UInt32 {
        let number = drawn.count < draws.count ? draws[drawn.count] : 0
        drawn.append((number, generator.modulus))
        return generator.offset + number
    }
}
