import DNSWire
import NetworkTypes

/// What the rules want done for a question.
struct CustomVerdict: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case answer(CustomAnswer)
        /// Nobody answers: SERVFAIL.
        case fails
        /// The cluster's zone is looked into if `servesCluster`, and then others are asked.
        case goesOn(servesCluster: Bool, to: Servers)
    }

    /// Who is asked for what is not the cluster's.
    enum Servers: Hashable, Sendable {
        /// Those of `--resolv-conf`.
        case standard
        case own(ForwardRule)
        case nobody
    }

    /// The name that is asked for, which rules may have made another one of the client's.
    var name: DNSName
    /// How records are changed on their way back, the last first.
    var answers: [AnswerRewriting] = []
    var isRewritten = false
    var step: Step

    /// Nothing but what is done without rules.
    var isUsual: Bool { !isRewritten && step == .goesOn(servesCluster: true, to: .standard) }
}

extension CustomConfiguration {
    /// What is to be done for a question of class IN.
    ///
    /// - Parameter rewrites: whether the name may be made another one.
    func verdict(on name: DNSName, _ type: RecordType, rewrites: Bool = true) -> CustomVerdict {
        let chain = chain(for: name)
        let isMain = chain.zones == [.root]
        let usual = CustomVerdict.Step.goesOn(servesCluster: true, to: .standard)
        if isMain, chain.isEmpty { return CustomVerdict(name: name, step: usual) }
        var verdict = CustomVerdict(name: name, step: .fails)
        // Only these look at the text.
        var text = chain.rewrites.isEmpty && chain.templates.isEmpty ? "" : name.folded.description
        if rewrites, !chain.rewrite(&text, &verdict) { return verdict }
        if let step = chain.templateStep(verdict.name, text, type) {
            verdict.step = step
        } else if let step = chain.hostsStep(verdict.name, type) {
            verdict.step = step
        } else {
            // In a server block too, a rewritten name is found where rules are meant to lead.
            let servesCluster = isMain || chain.servesCluster || verdict.isRewritten
            verdict.step = .goesOn(servesCluster: servesCluster, to: chain.servers(for: verdict.name, isMain: isMain))
        }
        return verdict
    }
}

extension CustomChain {
    /// Rewrites the name. False if that makes no name.
    fileprivate func rewrite(_ text: inout String, _ verdict: inout CustomVerdict) -> Bool {
        for rule in rewrites {
            guard let rewritten = rule.rewrite(text) else { continue }
            verdict.isRewritten = true
            guard let name = try? DNSName(parsing: rewritten) else { return false }
            let next = name.folded.description
            verdict.answers += rule.answers(from: text, to: next)
            verdict.name = name
            text = next
            if !rule.continues { break }
        }
        return true
    }

    fileprivate func templateStep(_ name: DNSName, _ text: String, _ type: RecordType) -> CustomVerdict.Step? {
        for template in templates {
            switch template.outcome(name, text, type) {
            case .passes: continue
            case .fails: return .fails
            case .answers(let answer): return .answer(answer)
            }
        }
        return nil
    }

    fileprivate func hostsStep(_ name: DNSName, _ type: RecordType) -> CustomVerdict.Step? {
        guard let hosts else { return nil }
        if type == .ptr {
            guard let names = name.reverseAddress.flatMap(hosts.names) else { return nil }
            return answer(names.map { ResourceRecord(name, ttl: hosts.ttl, .ptr($0)) })
        }
        guard hosts.zones.longestZone(of: name) != nil else { return nil }
        guard let addresses = hosts.addresses(of: name) else { return hosts.fallsThrough.lets(name) ? nil : .fails }
        if type != .a, type != .aaaa, hosts.leavesOtherTypes, hosts.fallsThrough.lets(name) { return nil }
        let records = addresses.map { ResourceRecord(name, ttl: hosts.ttl, RecordData($0)) }
        return answer(records.filter { $0.type == type })
    }

    private func answer(_ records: [ResourceRecord]) -> CustomVerdict.Step {
        .answer(CustomAnswer(answers: records))
    }

    fileprivate func servers(for name: DNSName, isMain: Bool) -> CustomVerdict.Servers {
        guard let rule = forwards.first(where: { $0.covers(name) }) else { return isMain ? .standard : .nobody }
        return rule.servers == .standard ? .standard : .own(rule)
    }
}
