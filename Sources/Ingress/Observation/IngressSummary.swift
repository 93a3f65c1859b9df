import ClusterState

/// What the ingress has at one moment, for status.
package struct IngressSummary: Sendable, Equatable {
    /// How many rules lead somewhere, default backends too.
    package var routes: Int
    /// Warnings, in the order of the names of what they are about.
    package var problems: [String]
    /// Where the rules of Ingress and those of Traefik differ, and other things that are no fault.
    package var remarks: [String]
    /// What clients are shown, the default certificate first.
    package var certificates: [CertificateFacts]
    /// What Ingresses are published with; nil while that is not known.
    package var addresses: IngressAddresses?
}

extension IngressStatus {
    /// Nil while the ingress does not run, or does not know all objects that it needs.
    package var summary: IngressSummary? {
        guard let running, let table else { return nil }
        func sentences(_ severity: ClusterEvent.Severity) -> [String] {
            table.reports.values.sorted { $0.ingress < $1.ingress }.flatMap { report in
                report.notes.filter { $0.severity == severity }.map { "Ingress \(report.ingress): \($0)" }
            }
        }
        return IngressSummary(
            routes: table.routeCount,
            problems: sentences(.warning) + running.certificates.complaints.map(\.description),
            remarks: sentences(.normal) + [table.rememberedNames].compactMap(\.self),
            certificates: running.certificates.store.facts,
            addresses: running.publisher.addresses
        )
    }
}

extension RouteTable {
    /// Says of which names outside the cluster only that is known which an earlier run knew; nil if of none.
    fileprivate var rememberedNames: String? {
        let origins = allBackends.compactMap(\.external).filter(\.isRemembered)
        guard !origins.isEmpty else { return nil }
        let names = Set(origins.map(\.name)).sorted().joined(separator: ", ")
        return "known from before the start, and asked for again: \(names)"
    }
}
