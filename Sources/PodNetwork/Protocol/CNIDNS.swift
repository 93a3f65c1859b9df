/// How a pod resolves names, as the result tells the runtime.
package struct CNIDNS: Hashable, Sendable {
    package var nameservers: [String]
    package var domain: String?
    package var search: [String]
    package var options: [String]

    package init(nameservers: [String] = [], domain: String? = nil, search: [String] = [], options: [String] = []) {
        self.nameservers = nameservers
        self.domain = domain
        self.search = search
        self.options = options
    }

    init(_ document: JSONValue?) throws(CNIError) {
        nameservers = try document?.strings("nameservers") ?? []
        domain = try document?.string("domain")
        search = try document?.strings("search") ?? []
        options = try document?.strings("options") ?? []
    }

    /// The same for a pod of a namespace, whose own services are looked for first. Without name servers the agent
    /// serves no names, and nothing is added.
    func searching(namespace: String?, clusterDomain: String?) -> CNIDNS {
        guard !nameservers.isEmpty, let namespace, !namespace.isEmpty else { return self }
        guard let domain = clusterDomain ?? domain else { return self }
        var dns = self
        dns.search.insert("\(namespace).svc.\(domain)", at: 0)
        return dns
    }

    /// An object without the members that are empty.
    var document: JSONValue {
        .members([
            ("nameservers", nameservers.isEmpty ? nil : .strings(nameservers)),
            ("domain", domain.map { .string($0) }),
            ("search", search.isEmpty ? nil : .strings(search)),
            ("options", options.isEmpty ? nil : .strings(options)),
        ])
    }
}
