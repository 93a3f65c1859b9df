extension RouteExplanation: CustomStringConvertible {
    /// Some lines for people.
    package var description: String {
        var lines = ["\(entryPoint == .web ? "http" : "https")://\(host)\(path) (entry point \(entryPoint.rawValue))"]
        if let rule {
            lines.append("  takes \(rule)")
        } else {
            lines.append("  takes no rule and is answered with 404")
        }
        if let refusal = rules.refusal {
            lines.append("  is answered with 503: \(refusal)")
        } else {
            if !rules.isEmpty { lines.append("  passes \(rules.steps.map(\.kind).joined(separator: ", "))") }
            switch outcome {
            case .backend(let backend): lines += Self.lines(backend)
            case .unavailable(let reason): lines.append("  is answered with 503: \(reason)")
            case nil: break
            }
        }
        if !losers.isEmpty { lines.append("not taken:") }
        lines += losers.map { "  \($0.rule): \($0.reason)" }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ backend: Backend) -> [String] {
        let port = backend.key.port.text == "\(backend.port)" ? "" : " (\(backend.port))"
        let head =
            "  goes to Service \(backend.service), port \(backend.key.port.text)\(port), by \(backend.scheme.rawValue)"
        let origin = backend.external.map { external in
            ", which stands for \(external.name)"
                + (external.isRemembered ? " (known from before the start, and asked for again)" : "")
        }
        return [head + (origin ?? "")] + backend.endpoints.map { "    \($0)\($0.isLocal ? " on this node" : "")" }
            + (backend.external?.refused ?? []).map { "    not \($0)" }
    }
}

extension RequestStep {
    /// The kind of Middleware that it is of.
    fileprivate var kind: String {
        switch self {
        case .redirect: "redirectScheme"
        case .strip: "stripPrefix"
        case .headers: "headers"
        case .authenticate: "basicAuth"
        case .allow: "ipAllowList"
        case .limit: "rateLimit"
        case .refuse: "a refusal"
        }
    }
}

extension RouteExplanation.Rule: CustomStringConvertible {
    /// `Ingress shop/web, spec.rules[0].http.paths[1]: Prefix shop.example.org/api`
    package var description: String {
        let what = match == .catchAll ? "the default backend of \(host)" : "\(match.rawValue) \(host)\(path)"
        return "Ingress \(ingress), \(place), \(what)"
    }
}

extension RouteExplanation.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherClass(let name): "its class '\(name)' is not served here"
        case .noClass: "it names no class, and the default class is not served here"
        case .entryPoint(let points):
            points.isEmpty
                ? "it takes requests from no entry point"
                : "it takes requests from \(points.map(\.rawValue).joined(separator: " and ")) alone"
        case .otherPath: "its path is another one"
        case .leadsToDefault: "it leads to the default backend of all hosts"
        case .preceded(let precedence): "the other one goes first, \(precedence)"
        }
    }
}
