import DNSWire

/// What is done for the names of a block, in the order in which CoreDNS does it: rewriting, templates, hosts, the
/// cluster's zone, forwarding.
struct CustomChain: Hashable, Sendable {
    /// The zones of the block; the root for the main one.
    let zones: [DNSName]
    var log: [QueryLogRules.Rule] = []
    var rewrites: [RewriteRule] = []
    var templates: [AnswerTemplate] = []
    var hosts: HostsTable?
    var servesCluster = false
    var forwards: [ForwardRule] = []

    /// By CoreDNS' names, besides those of all blocks.
    var plugins: [String] {
        let doings = [
            ("log", log.contains { !$0.classes.isEmpty }), ("rewrite", !rewrites.isEmpty),
            ("template", !templates.isEmpty),
        ]
        return doings.compactMap { $0.1 ? $0.0 : nil }
    }

    /// Has done what another chain of the same block does, behind what this one does.
    mutating func append(_ other: CustomChain) {
        log += other.log
        rewrites += other.rewrites
        templates += other.templates
        forwards += other.forwards
    }

    /// Nothing is done besides what is done without it.
    var isEmpty: Bool { rewrites.isEmpty && templates.isEmpty && hosts == nil && forwards.isEmpty }
}
