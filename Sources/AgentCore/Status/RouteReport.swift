import ClusterState
package import Ingress

/// What `linnet status --route` says: the way that a request takes. Members are only ever added.
package struct RouteReport: Codable, Sendable, Equatable {
    /// `web` or `websecure`.
    package var entryPoint: String
    package var host: String
    /// In the form in which it is looked up.
    package var path: String
    /// The rule that is taken; nil if none is.
    package var rule: Rule?
    /// What the ingress itself answers with; nil if an endpoint answers.
    package var status: UInt16?
    /// Why it does.
    package var reason: String?
    /// Where the request goes; nil if nowhere.
    package var backend: Target?
    /// The rules that might have been taken, the nearest first.
    package var losers: [Loser]
    /// The same for people, line by line.
    package var lines: [String]

    package struct Rule: Codable, Sendable, Equatable {
        /// `NAMESPACE/NAME`
        package var ingress: String
        /// `spec.rules[0].http.paths[1]`
        package var place: String
        package var host: String
        package var path: String
        /// Exact, Prefix or default backend.
        package var match: String
    }

    package struct Loser: Codable, Sendable, Equatable {
        package var rule: Rule
        package var reason: String
    }

    package struct Target: Codable, Sendable, Equatable {
        /// `NAMESPACE/NAME`
        package var service: String
        package var port: UInt16
        /// http, https or h2c.
        package var scheme: String
        /// The name outside the cluster, or the address, that the service stands for; nil if it has endpoints of its own.
        package var externalName: String?
        /// Whether its endpoints are those that were known before the start; nil if not.
        package var isRemembered: Bool?
        /// What else that name comes to, and is not called; nil if there is nothing.
        package var refused: [Refusal]?
        package var endpoints: [Endpoint]
    }

    package struct Refusal: Codable, Sendable, Equatable {
        package var address: String
        package var reason: String
    }

    package struct Endpoint: Codable, Sendable, Equatable {
        package var address: String
        package var port: UInt16
        /// The UID or name of its pod, if that is known.
        package var identity: String
        package var isOnThisNode: Bool
    }
}

extension RouteReport {
    package init(_ explanation: RouteExplanation) {
        entryPoint = explanation.entryPoint.rawValue
        host = explanation.host
        path = explanation.path
        rule = explanation.rule.map(Rule.init)
        losers = explanation.losers.map { Loser(rule: Rule($0.rule), reason: $0.reason.description) }
        lines = explanation.description.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        switch explanation.outcome {
        case .backend(let backend): self.backend = Target(backend)
        case .unavailable(let why): (status, reason) = (503, why.description)
        case nil: (status, reason) = (404, "no rule is for it")
        }
        if let refusal = explanation.rules.refusal { (status, reason) = (503, refusal) }
    }
}

extension RouteReport.Rule {
    fileprivate init(_ rule: RouteExplanation.Rule) {
        ingress = rule.ingress.description
        place = rule.place
        host = rule.host.description
        path = rule.path
        match = rule.match.rawValue
    }
}

extension RouteReport.Target {
    fileprivate init(_ backend: Backend) {
        service = backend.service.description
        port = backend.port
        scheme = backend.scheme.rawValue
        externalName = backend.external?.name
        isRemembered = backend.external?.isRemembered == true ? true : nil
        let refusals = backend.external?.refused.map { refused in
            RouteReport.Refusal(address: "\(refused.address)", reason: refused.refusal.rawValue)
        }
        refused = refusals?.isEmpty == false ? refusals : nil
        endpoints = backend.endpoints.map { endpoint in
            RouteReport.Endpoint(
                address: "\(endpoint.address)",
                port: endpoint.port,
                identity: endpoint.identity,
                isOnThisNode: endpoint.isLocal
            )
        }
    }
}
