import ClusterState

/// Whose certificates are shown for which host. Who has the oldest rule for a host decides, so that no other namespace can
/// put its certificate before it.
struct CertificateTable: Sendable, Equatable {
    /// An entry of an Ingress's `spec.tls`.
    private struct Entry: Hashable, Sendable, Comparable {
        /// In seconds since 1970.
        let createdAt: Int64
        let ingress: NamespacedName
        /// Its number among those of the Ingress.
        let index: Int
        let secret: NamespacedName

        static func < (left: Entry, right: Entry) -> Bool {
            (left.createdAt, left.ingress, left.index) < (right.createdAt, right.ingress, right.index)
        }
    }

    /// Of each host that entries name, in order.
    private var named: [HostPattern: [Entry]] = [:]
    /// All entries of a namespace, in order.
    private var entries: [String: [Entry]] = [:]
    /// The Ingress with the oldest rule for a host.
    private var owners: [HostPattern: NamespacedName] = [:]

    init() {}

    /// Takes an Ingress as it is now in the place of what it was. Only those are told of that are served.
    mutating func replace(_ former: IngressPlan?, by present: IngressPlan?) {
        for (entry, hosts) in former.map(Self.entries) ?? [] {
            for host in hosts { Self.remove(entry, from: &named[host]) }
            Self.remove(entry, from: &entries[entry.ingress.namespace])
        }
        for (entry, hosts) in present.map(Self.entries) ?? [] {
            for host in hosts { Self.insert(entry, into: &named[host, default: []]) }
            Self.insert(entry, into: &entries[entry.ingress.namespace, default: []])
        }
    }

    /// Takes the claims for a host. Returns whether another Ingress owns it now.
    mutating func setOwner(of host: HostPattern, _ claims: [ClaimOrder]) -> Bool {
        let oldest = claims.min { ($0.createdAt, $0.ingress) < ($1.createdAt, $1.ingress) }
        let former = owners[host]
        owners[host] = oldest?.ingress
        return former != oldest?.ingress
    }

    /// Who decides of the certificates of a host; nil if no rule is for it in particular.
    func owner(of host: HostPattern) -> NamespacedName? {
        if let own = owners[host] { return own }
        guard case .exact(let name) = host, let wildcard = HostPattern.wildcard(over: name) else { return nil }
        return owners[wildcard]
    }

    /// The Ingresses that name a certificate for a host, or for one of a wildcard.
    func claimants(of host: HostPattern) -> Set<NamespacedName> {
        var entries = named[host] ?? []
        if case .wildcard = host {
            for (other, more) in named {
                if case .exact(let name) = other, host.matches(name) { entries += more }
            }
        }
        return Set(entries.map(\.ingress))
    }

    /// - Parameter name: in lower case, without a dot at its end.
    func certificate(for name: String) -> CertificateReference? {
        let hosts = [.exact(name), HostPattern.wildcard(over: name)].compactMap(\.self)
        let owner = owner(of: .exact(name))
        for host in hosts {
            let fitting = (named[host] ?? []).filter { owner == nil || $0.ingress.namespace == owner?.namespace }
            if let entry = fitting.first(where: { $0.ingress == owner }) ?? fitting.first {
                return CertificateReference(secret: entry.secret)
            }
        }
        guard let place = owner ?? owners[.any] ?? owners[.otherwise] else { return nil }
        let own = entries[place.namespace] ?? []
        var secrets: [NamespacedName] = []
        for entry in own.filter({ $0.ingress == place }) + own where !secrets.contains(entry.secret) {
            secrets.append(entry.secret)
        }
        return CertificateReference(candidates: secrets)
    }

    /// The Secrets that any host may need.
    var secrets: Set<NamespacedName> { Set(entries.values.joined().map(\.secret)) }

    private static func entries(of plan: IngressPlan) -> [(Entry, [HostPattern])] {
        guard plan.verdict == .served else { return [] }
        return plan.certificates.enumerated().map { index, claim in
            let entry = Entry(createdAt: plan.createdAt, ingress: plan.name, index: index, secret: claim.secret)
            return (entry, Array(Set(claim.hosts)))
        }
    }

    private static func insert(_ entry: Entry, into list: inout [Entry]) {
        list.insert(entry, at: list.firstIndex { entry < $0 } ?? list.endIndex)
    }

    private static func remove(_ entry: Entry, from list: inout [Entry]?) {
        list?.removeAll { $0 == entry }
        if list?.isEmpty == true { list = nil }
    }
}

extension HostPattern {
    /// The wildcard that a host is under.
    static func wildcard(over name: String) -> HostPattern? {
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return nil }
        return .wildcard(String(name[name.index(after: dot)...]))
    }
}
