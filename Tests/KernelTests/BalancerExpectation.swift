import ClusterFixtures
import LinuxSystem
import NetworkTypes

/// What a client of a service is to hear.
///
///     one                 the pod `one` answers, and sees the address that the client has
///     far:node            the pod `far` answers, and sees an address of node-1 on the LAN; `bridge`: of its bridge
///     one+far:node        now the one and now the other, and nobody else
///     refused, dropped    nobody answers
struct BalancerExpectation: Sendable, Hashable, CustomStringConvertible {
    enum Answer: Sendable, Hashable {
        case server(Substring, sees: Substring)
        case refused, dropped
    }

    private var answers: [Answer]

    init(_ text: some StringProtocol) {
        answers = Substring(text).split(separator: "+").map { part in
            if part == "refused" { return .refused }
            if part == "dropped" { return .dropped }
            let words = part.split(separator: ":")
            precondition(BalancerPlace(rawValue: String(words[0])) != nil, "no server \(words[0])")
            precondition(words.count == 1 || ["node", "bridge"].contains(words[1]), "who sees \(part)?")
            return .server(words[0], sees: words.count == 1 ? "client" : words[1])
        }
    }

    var description: String { answers.map(\.description).joined(separator: "+") }

    /// Where answers between pods of a bridge would pass the node by: those of that bridge see the node.
    var betweenPodsOfAnUnfilteredBridge: BalancerExpectation {
        var other = self
        other.answers = answers.map { $0 == .server("one", sees: "client") ? .server("one", sees: "bridge") : $0 }
        return other
    }

    /// Asks as often as it takes to have all answers. Returns nil, or what is wrong.
    func problem(with call: BalancerCall, from namespace: NetworkNamespace) throws -> String? {
        var call = call
        if answers == [.dropped] { call.patience = .milliseconds(250) }
        var missing = Set(answers)
        // That one of two is not met in so many attempts happens once in a billion times.
        for _ in 0..<(answers.count == 1 ? 1 : 30) where !missing.isEmpty {
            let outcome = try call.outcome(from: namespace)
            let met = answers.filter { $0.means(outcome) }
            if met.isEmpty { return "\(outcome)" }
            missing.subtract(met)
        }
        return missing.isEmpty ? nil : "never \(missing)"
    }
}

extension BalancerExpectation.Answer: CustomStringConvertible {
    var description: String {
        switch self {
        case .server(let name, "client"): String(name)
        case .server(let name, let sees): "\(name):\(sees)"
        case .refused: "refused"
        case .dropped: "dropped"
        }
    }

    fileprivate func means(_ outcome: BalancerOutcome) -> Bool {
        switch (self, outcome) {
        case (.refused, .refused), (.dropped, .dropped): true
        case (.server(let name, let sees), .answered(let server, let seen, let own)):
            name == server && seen == Self.address(sees, seen.family, own)
        default: false
        }
    }

    private static func address(_ name: Substring, _ family: AddressFamily, _ own: IPAddress) -> IPAddress {
        switch name {
        case "node": ClusterFixtures.address("192.0.2.1").inFamily(family)
        case "bridge": ClusterFixtures.address("10.42.1.1").inFamily(family)
        default: own
        }
    }
}
