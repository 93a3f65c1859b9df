package import ClusterState

/// Which way a request takes, and why no other one.
package struct RouteExplanation: Sendable, Equatable {
    /// A rule, or a default backend, of an Ingress.
    package struct Rule: Hashable, Sendable {
        package let ingress: NamespacedName
        /// Where it stands in the Ingress: `spec.rules[0].http.paths[1]`.
        package let place: String
        package let host: HostPattern
        /// As it is written.
        package let path: String
        package let match: RouteMatch
    }

    /// A rule that the request does not take.
    package struct Loser: Hashable, Sendable {
        package let rule: Rule
        package let reason: Reason
    }

    /// Why a rule is not taken.
    package enum Reason: Hashable, Sendable {
        /// Its Ingress is of a class that is not served here.
        case otherClass(String)
        /// Its Ingress names no class, and those are not served here.
        case noClass
        /// It takes requests from these entry points alone.
        case entryPoint([EntryPoint])
        /// The host is its own, the path is not.
        case otherPath
        /// It leads to the default backend of all hosts.
        case leadsToDefault
        /// Another one, which in most cases is the one that is taken, goes first.
        case preceded(Precedence)
    }

    package let entryPoint: EntryPoint
    /// Without a port, in lower case.
    package let host: String
    /// In the form in which it is looked up.
    package let path: String
    /// The rule that is taken; nil if none is, which is answered with 404.
    package let rule: Rule?
    /// What becomes of the request then.
    package let outcome: RouteOutcome?
    /// What is done to it on the way.
    package let rules: RequestRules
    /// The nearest ones first.
    package let losers: [Loser]
}

extension RouteExplanation.Rule {
    init(_ claim: RouteClaim) {
        ingress = claim.ingress
        place = claim.place.description
        host = claim.host
        path = claim.writtenPath
        match = claim.match
    }
}
