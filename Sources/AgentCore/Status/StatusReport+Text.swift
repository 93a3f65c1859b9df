import JSONText

extension StatusReport {
    /// The report as a table for people. Values that run on are not cut before `PrintableText` does it: a terminal can
    /// scroll, a cut error cannot be read.
    package var text: String {
        var lines = [
            "linnet \(version) on \(node), process \(processID), up \(Self.span(uptimeSeconds))",
            "source      \(source.description), generation \(source.generation), \(sourceAge)",
        ]
        if let saved { lines.append("snapshot    \(Self.text(of: saved))") }
        lines += leaseLines
        if let overlay {
            lines.append("reconcile   \(Self.text(of: overlay)), table linnet repaired \(rulesetRepairs)")
        }
        if let ingress { lines.append("ingress     \(ingress.routes) routes") }
        let drops = (drops ?? []).filter { $0.packets > 0 }
        if !drops.isEmpty {
            lines.append("dropped     \(drops.map { "\($0.packets) \($0.reason)" }.joined(separator: ", "))")
        }
        lines += [""] + Self.table(capabilityRows)
        if !peers.isEmpty { lines += [""] + Self.table(peerRows) }
        lines += servicesLines + ingressLines
        lines += section("problems of the source", source.problems) + section("notices", notices)
        return lines.map(PrintableText.of).joined(separator: "\n") + "\n"
    }

    private var sourceAge: String {
        guard let kinds = source.restoredKinds else {
            return source.ageSeconds.map { "confirmed \(Self.span($0)) ago" } ?? "nothing read yet"
        }
        let age = source.restoredAgeSeconds.map(DataAge.seconds) ?? .unknown
        let isWhole = Set(kinds) == Set(source.completeKinds)
        return isWhole ? "from disk, \(age)" : "partly from disk, \(age): \(kinds.joined(separator: ", "))"
    }

    private static func text(of saved: Saved) -> String {
        let age = saved.ageSeconds.map { "saved \(span($0)) ago" } ?? "no time of saving known"
        return "\(saved.path), \(age)" + (saved.lastError.map { "; cannot be saved now: \($0)" } ?? "")
    }

    private var leaseLines: [String] {
        guard let lease else { return ["lease       none"] }
        return [
            "lease       \(lease.podCIDRs.joined(separator: ", "))",
            "endpoint    \(lease.publicAddresses.joined(separator: ", "))  VTEP "
                + lease.vtepAddresses.joined(separator: ", "),
        ]
    }

    private var capabilityRows: [[String]] {
        [["CAPABILITY", "STATE", "RESTARTS", "DETAIL"]]
            + capabilities.map { capability in
                let age = capability.lastErrorAgeSeconds.map { " \(Self.span($0)) ago" } ?? ""
                let error = capability.lastError.map { "last error\(age): \($0)" }
                let detail = [capability.detail, error].compactMap(\.self).joined(separator: "; ")
                return [capability.name, capability.state, String(capability.restarts), detail]
            }
    }

    private var peerRows: [[String]] {
        [["PEER", "PODS", "ENDPOINT", "WAY", "PROBLEM"]]
            + peers.map { peer in
                [
                    peer.node, peer.podCIDRs.joined(separator: ","), peer.publicAddresses.joined(separator: ","),
                    peer.ways.joined(separator: ","),
                    peer.problem ?? "-",
                ]
            }
    }

    private var servicesLines: [String] {
        guard let services else { return [] }
        var lines: [String] = []
        if !services.loadBalancers.isEmpty {
            let remarks = [services.furtherLoadBalancers, services.publication].compactMap(\.self)
            lines += [""] + Self.table(services.loadBalancerRows) + remarks.map { "  \($0)" }
        }
        return lines + section("refused here", services.shownRefusals) + section("events of services", services.events)
    }

    private var ingressLines: [String] {
        guard let ingress else { return [] }
        var lines = [""] + Self.table(ingress.certificateRows)
        if let further = ingress.furtherCertificates { lines.append("  \(further)") }
        if !ingress.published.isEmpty {
            lines += [""] + Self.table(ingress.addressRows) + ingress.addressRemarks.map { "  \($0)" }
        }
        return lines + section("problems of Ingresses", ingress.shownProblems)
            + section("remarks on Ingresses", ingress.shownRemarks)
    }

    private func section(_ title: String, _ items: [String]) -> [String] {
        items.isEmpty ? [] : ["", "\(title):"] + items.map { "  \($0)" }
    }

    private static func text(of pass: Reconciliation) -> String {
        guard let age = pass.lastAgeSeconds, let took = pass.lastDurationSeconds else { return "none yet" }
        let milliseconds = Int((took * 1_000).rounded())
        return "\(span(age)) ago in \(milliseconds) ms, \(pass.passes) passes, \(pass.repaired) objects repaired"
    }

    /// Rows in columns that are as wide as their widest cell; the first row is the heading.
    private static func table(_ texts: [[String]]) -> [String] {
        let rows = texts.map { $0.map(PrintableText.of) }
        let columns = rows.first?.count ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                column == columns - 1 ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
            }
            return cells.joined(separator: "  ")
        }
    }

    /// `seconds` in its two largest units: `2h 5m`, `3m 0s`, `12s`.
    static func span(_ seconds: Double) -> String {
        let total = Int(max(0, seconds))
        let parts = [(total / 86_400, "d"), (total / 3_600 % 24, "h"), (total / 60 % 60, "m"), (total % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2)
        return shown.isEmpty ? "0s" : shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
