import DNSWire

extension QueryLogRules {
    /// The rules of a directive `log [ZONES] [FORMAT] { class … }`.
    static func rules(
        _ directive: CorefileDirective,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) -> [Rule] {
        var arguments = directive.arguments
        if arguments.count > 1, let last = arguments.last, last.text.contains("{") {
            arguments.removeLast()
            let reason = "its format has no effect: lines have CoreDNS's usual form"
            complaints.append(CustomComplaint(.effectless, at: last, in: "log", reason))
        }
        var classes: QueryClasses = []
        for line in directive.block {
            guard line[0].text == "class" else {
                throw directive.fault("'\(line[0].text)' is none of its options: class", at: line[0])
            }
            guard line.count > 1 else { throw directive.fault("class needs classes", at: line[0]) }
            for word in line.dropFirst() {
                guard let named = QueryClasses.names.first(where: { $0.word == word.text }) else {
                    throw directive.fault("'\(word.text)' is no class: all, success, denial or error", at: word)
                }
                classes.formUnion(named.classes)
            }
        }
        if classes.isEmpty { classes = .all }
        var zones: [DNSName] = arguments.isEmpty ? [.root] : []
        for argument in arguments { zones += try CorefileZone.names(argument, in: directive) }
        return zones.map { Rule(zone: $0, classes) }
    }
}

extension CustomConfiguration {
    /// Which queries are logged: those that the blocks name, each for its zone, or that the agent is told.
    ///
    /// - Parameter own: what the agent is told.
    func queryLog(_ own: QueryLogRules) -> QueryLogRules {
        guard !main.log.isEmpty || servers.contains(where: { !$0.log.isEmpty }) else { return own }
        let zones = servers.flatMap { server in server.zones.map { ($0, server.log) } }
        // The first rule counts: the longest zone comes first, and behind its rules that nothing else is logged of it.
        let deepest = zones.sorted { $0.0.wire.count > $1.0.wire.count }
        let rules = deepest.flatMap { zone, log in
            log.compactMap { Self.rule($0, in: zone) } + [QueryLogRules.Rule(zone: zone, [])]
        }
        // What the agent is told holds for all names, whatever block they belong to.
        let all = (rules + main.log).map { rule in
            QueryLogRules.Rule(zone: rule.zone, rule.classes.union(own.classes(of: rule.zone)))
        }
        return QueryLogRules(all + own.rules)
    }

    /// What a rule says of the names in the zone of its block; nil if nothing.
    private static func rule(_ rule: QueryLogRules.Rule, in zone: DNSName) -> QueryLogRules.Rule? {
        if zone.isEqualOrBelow(rule.zone) { return QueryLogRules.Rule(zone: zone, rule.classes) }
        return rule.zone.isEqualOrBelow(zone) ? rule : nil
    }
}
