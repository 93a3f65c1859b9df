import ClusterState

/// Turns middlewares into steps.
///
/// What cannot be found or read, and what would have to be done and cannot be, makes all rules a refusal. Kinds without
/// which the route is as safe and as right as with them, such as Compress, are named and left out.
struct MiddlewareReader {
    /// More middlewares than this, each counted as often as it is named, are taken for a mistake: chains of chains grow
    /// faster than anybody can read.
    static let most = 64

    private let ingress: NamespacedName
    private let sources: RuleSources
    private var steps: [RequestStep] = []
    private var refusal: String?
    /// The chains that are being read, from the outermost.
    private var open: [NamespacedName] = []
    /// How many were looked for.
    private var count = 0
    private(set) var complaints: [RuleComplaint] = []
    private(set) var dependencies: Set<ObjectKey> = []

    init(for ingress: NamespacedName, in sources: RuleSources) {
        self.ingress = ingress
        self.sources = sources
    }

    var rules: RequestRules {
        if let refusal { return RequestRules(steps: [.refuse(reason: refusal)]) }
        return RequestRules(steps: steps)
    }

    /// Reads the middlewares of an annotation in their order.
    mutating func read(_ references: [MiddlewareReference], of owner: ObjectKey, at annotation: String) {
        let place = AnnotationReader.prefix + annotation
        for reference in references where isWithinBounds(owner, at: place) {
            if let middleware = find(reference, of: owner, at: place) { read(middleware) }
        }
    }

    /// Refuses all requests for a fault.
    private mutating func refuse(_ object: ObjectKey, at place: String, _ message: String) {
        complaints.append(RuleComplaint(object, at: place, message, effect: .refused))
        refusal = refusal ?? "\(object): \(message)"
    }

    /// Whether one more may be looked for. Says once that it may not.
    private mutating func isWithinBounds(_ object: ObjectKey, at place: String) -> Bool {
        count += 1
        if count == Self.most + 1 { refuse(object, at: place, "more than \(Self.most) middlewares are one too many") }
        return count <= Self.most
    }

    private mutating func find(
        _ reference: MiddlewareReference,
        of owner: ObjectKey,
        at place: String
    ) -> Middleware? {
        guard reference.provider == nil || reference.provider == Substring(MiddlewareReference.provider) else {
            let wanted = "write NAMESPACE-NAME@\(MiddlewareReference.provider) of a Middleware"
            refuse(owner, at: place, "'\(reference)' is of a provider that Linnet does not have; \(wanted)")
            return nil
        }
        guard reference.provider != nil else {
            let wanted = "write \(reference)@\(MiddlewareReference.provider), with the namespace before the name"
            refuse(owner, at: place, "'\(reference)' names no provider; \(wanted)")
            return nil
        }
        let found = reference.candidates.compactMap { lookUp($0) }
        if let own = found.first(where: { $0.metadata.namespacedName.namespace == owner.namespace }) { return own }
        switch found.count {
        case 1: return found[0]
        case 0:
            refuse(owner, at: place, "there is no Middleware '\(reference)'; create it, or correct the name")
        default:
            let names = found.map { "\($0.metadata.namespacedName)" }.joined(separator: " and ")
            refuse(owner, at: place, "'\(reference)' may be \(names); give one of them another name")
        }
        return nil
    }

    private mutating func lookUp(_ name: NamespacedName) -> Middleware? {
        dependencies.insert(ObjectKey(.middleware, name))
        return sources.middleware(name)
    }

    private mutating func read(_ middleware: Middleware) {
        let name = middleware.metadata.namespacedName
        let object = ObjectKey(.middleware, name)
        do throws(SpecFault) {
            guard !open.contains(name) else {
                let loop = (open + [name]).map(\.description).joined(separator: " → ")
                throw SpecFault(place: "spec.chain", message: "the chain leads back to itself: \(loop); cut it")
            }
            let spec = try SpecReader(middleware.spec, at: "spec")
            guard let kind = spec.names.first, spec.names.count == 1 else {
                throw SpecFault(place: "spec", message: "exactly one kind of middleware is expected here")
            }
            var fields = try spec.child(kind)
            open.append(name)
            defer { open.removeLast() }
            try read(kind, of: name, &fields)
            fields.finish()
            complaints += fields.remarks.map { RuleComplaint(object, at: $0.place, $0.message) }
        } catch {
            refuse(object, at: error.place, error.message)
        }
    }

    private mutating func read(_ kind: String, of name: NamespacedName, _ fields: inout SpecReader) throws(SpecFault) {
        switch kind {
        case "redirectScheme": steps.append(.redirect(try SchemeRedirect(&fields)))
        case "stripPrefix": steps.append(.strip(try PrefixStrip(&fields)))
        case "headers": steps.append(.headers(try HeaderRules(&fields)))
        case "ipAllowList", "ipWhiteList": steps.append(.allow(try AddressAllowance(&fields)))
        case "rateLimit":
            if let limit = try RateLimit(&fields, identity: "\(ingress) \(name)") { steps.append(.limit(limit)) }
        case "basicAuth": steps.append(.authenticate(try authentication(of: name, &fields)))
        case "chain": try readChain(of: name, &fields)
        default: try fields.leaveOut(kind)
        }
    }

    private mutating func authentication(
        of name: NamespacedName,
        _ fields: inout SpecReader
    ) throws(SpecFault) -> BasicAuthentication {
        guard let secretName = try fields.text("secret"), !secretName.isEmpty else {
            throw fields.fault("secret", "the name of a Secret with the users is missing; write it")
        }
        let key = NamespacedName(namespace: name.namespace, name: secretName)
        dependencies.insert(ObjectKey(.secret, key))
        guard let secret = sources.secret(key) else {
            throw fields.fault("secret", "there is no Secret \(key); create it, or correct the name")
        }
        let users = PasswordFile(secret)
        complaints += users.complaints
        guard !users.hashes.isEmpty else {
            throw fields.fault("secret", "Secret \(key) names no user that could be let in; see what htpasswd prints")
        }
        return try BasicAuthentication(&fields, users: users.hashes)
    }

    /// Reads the middlewares that a chain names, each with its namespace or in the chain's own.
    private mutating func readChain(of name: NamespacedName, _ fields: inout SpecReader) throws(SpecFault) {
        let object = ObjectKey(.middleware, name)
        let entries = try fields.children("middlewares")
        guard !entries.isEmpty else {
            throw fields.fault("middlewares", "no Middleware is named; write which, or take the chain off")
        }
        for var entry in entries where isWithinBounds(object, at: entry.place) {
            guard let wanted = try entry.text("name"), !wanted.isEmpty else {
                throw entry.fault("name", "the name of a Middleware is missing; write it")
            }
            let namespace = try entry.text("namespace") ?? name.namespace
            let key = NamespacedName(namespace: namespace, name: wanted)
            guard let middleware = lookUp(key) else {
                throw entry.fault("name", "there is no Middleware \(key); create it, or correct the name")
            }
            read(middleware)
            entry.finish()
            complaints += entry.remarks.map { RuleComplaint(object, at: $0.place, $0.message) }
        }
    }
}

extension SpecReader {
    /// Kinds that make responses smaller, faster or more reliable, but neither keep anybody out nor change what is asked
    /// for.
    private static let dispensable: Set<String> = [
        "buffering", "circuitBreaker", "compress", "contentType", "encodedCharacters", "errors", "grpcWeb", "retry",
    ]

    /// Leaves a kind out that Linnet does not have, if the route can be served without it.
    fileprivate mutating func leaveOut(_ kind: String) throws(SpecFault) {
        guard Self.dispensable.contains(kind) else {
            throw SpecFault(
                place: place,
                message: "Linnet does not have this kind, and without it the route may do what it should not; "
                    + "take the middleware off the route"
            )
        }
        ignoreAll("Linnet does not have this kind and leaves it out; take the middleware off the route")
    }
}
