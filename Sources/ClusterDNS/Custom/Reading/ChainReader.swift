import DNSWire
import NetworkTypes

/// Reads the directives of a block: what is understood, and what is to be said of the rest.
struct ChainReader {
    private(set) var chain: CustomChain
    private(set) var complaints: [CustomComplaint] = []
    private let context: CustomContext
    private let isMainBlock: Bool
    private var seen: Set<String> = []

    /// - Parameter zones: those of the block; the root for the main one.
    init(zones: [DNSName], isMainBlock: Bool, _ context: CustomContext) {
        chain = CustomChain(zones: zones)
        self.isMainBlock = isMainBlock
        self.context = context
    }

    mutating func read(_ directives: [CorefileDirective]) {
        for directive in directives {
            do throws(CorefileFault) {
                try read(directive)
            } catch {
                complaints.append(CustomComplaint(error))
            }
        }
    }

    private mutating func read(_ directive: CorefileDirective) throws(CorefileFault) {
        let name = directive.name.text
        try checkCount(of: directive)
        if let reason = DirectiveName.effectless[name] { return note(.effectless, directive, "no effect: \(reason)") }
        guard DirectiveName.understood.contains(name) else {
            if DirectiveName.unsupported.contains(name) {
                return note(.unsupported, directive, "not supported: take it out, or keep CoreDNS for it")
            }
            throw directive.fault("CoreDNS has no directive of this name: correct it")
        }
        switch name {
        case "forward":
            if let rule = try ForwardRule(directive, context, &complaints) { chain.forwards.append(rule) }
        case "hosts": chain.hosts = try HostsTable(directive, zones: chain.zones, context, &complaints)
        case "rewrite":
            if let rule = try RewriteRule(directive, &complaints) { chain.rewrites.append(rule) }
        case "template":
            if let rule = try AnswerTemplate(directive, zones: chain.zones, &complaints) {
                chain.templates.append(rule)
            }
        case "log": chain.log += try QueryLogRules.rules(directive, &complaints)
        case "errors": try checkErrors(directive)
        default: readCluster(directive)
        }
    }

    private mutating func checkCount(of directive: CorefileDirective) throws(CorefileFault) {
        let name = directive.name.text
        guard DirectiveName.once.contains(name) else { return }
        if isMainBlock, DirectiveName.ownOfMainBlock.contains(name) {
            let remedy =
                name == "hosts"
                ? "put its lines into the key NodeHosts of the ConfigMap coredns, or into a *.server key"
                : "take it out"
            throw directive.fault("CoreDNS takes one in a block, and k3s's own block has it: \(remedy)")
        }
        guard seen.insert(name).inserted else {
            throw directive.fault("CoreDNS takes one in a block: make one of them")
        }
    }

    private mutating func note(_ weight: CustomComplaint.Weight, _ directive: CorefileDirective, _ reason: String) {
        complaints.append(CustomComplaint(weight, at: directive.name, in: directive.name.text, reason))
    }

    /// Failures are always logged.
    private mutating func checkErrors(_ directive: CorefileDirective) throws(CorefileFault) {
        guard directive.arguments.isEmpty || directive.words == ["stdout"] else {
            throw directive.fault("it takes no argument but stdout")
        }
        for line in directive.block {
            guard ["stacktrace", "consolidate"].contains(line[0].text) else {
                throw directive.fault("'\(line[0].text)' is none of its options: stacktrace, consolidate", at: line[0])
            }
            complaints.append(
                CustomComplaint(.effectless, at: line[0], in: "errors", "'\(line[0].text)' has no effect")
            )
        }
    }

    private mutating func readCluster(_ directive: CorefileDirective) {
        chain.servesCluster = true
        let isPlain = directive.block.allSatisfy {
            $0.map(\.text) == ["pods", "insecure"] || $0[0].text == "fallthrough"
        }
        if !isPlain { note(.effectless, directive, "its options have no effect: the zone is the agent's own") }
    }
}

/// What the directives are read with.
struct CustomContext: Sendable {
    /// Where we answer ourselves.
    var own: Set<IPAddress> = []
    /// The keys of `coredns-custom`.
    var files: [String: String] = [:]
    /// The key `NodeHosts` of `coredns`.
    var nodeHosts = ""
}
