import HTTPWire
import NetworkTypes

/// A request on its way through the steps.
struct RuleRun {
    let request: RequestFacts
    let now: Duration
    let memory: RuleMemory
    private(set) var edits: HeadEdits

    init(_ request: RequestFacts, at now: Duration, with memory: RuleMemory, edits: HeadEdits = HeadEdits()) {
        self.request = request
        self.now = now
        self.memory = memory
        self.edits = edits
    }

    /// The path as the steps before have left it.
    var path: [UInt8] { edits.path ?? request.path }

    /// The values of a field as the steps before have left it.
    func values(of name: String) -> [[UInt8]] {
        let added = edits.request.addedValues(of: name)
        return edits.request.removes(Array(name.utf8)) ? added : received(name) + added
    }

    /// The values of a field as backends will see them, but for X-Forwarded-For, which is still without the peer: a client
    /// cannot choose by X-Real-Ip how it is counted.
    private func received(_ name: String) -> [[UInt8]] {
        guard let isBelieved = ForwardedFields.believes(name, ofTrusted: request.trustsForwarded) else {
            return request.fields.values(of: name)
        }
        let values = isBelieved ? request.fields.values(of: name).filter { !$0.isEmpty } : []
        return name == "x-real-ip" && values.isEmpty ? [Array("\(request.client.withoutMapping)".utf8)] : values
    }

    /// An answer, with what the steps before do to responses.
    func answer(_ answer: LocalAnswer) -> RuleOutcome {
        var answer = answer
        answer.fields.removeAll { edits.response.removes($0.name) }
        answer.fields += edits.response.added
        return .answer(answer)
    }

    /// Does a step; nil if the next one is to be done.
    mutating func perform(_ step: RequestStep, _ index: Int) -> RuleOutcome? {
        switch step {
        case .redirect(let redirect): redirect.answer(to: request, at: path).map(answer)
        case .strip(let strip): perform(strip)
        case .headers(let rules): perform(rules)
        case .authenticate(let authentication): perform(authentication, index)
        case .allow(let allowance): allowance.refusal(of: request, forwardedFor).map(answer)
        case .limit(let limit): perform(limit)
        case .refuse(let reason): answer(LocalAnswer(503, reason: reason))
        }
    }

    /// The addresses of X-Forwarded-For; empty if the peer is not to be believed.
    private var forwardedFor: [[UInt8]] { request.trustsForwarded ? values(of: "x-forwarded-for") : [] }

    private mutating func perform(_ strip: PrefixStrip) -> RuleOutcome? {
        switch strip.strip(path) {
        case .unchanged: return nil
        case .refused: return answer(LocalAnswer(400, reason: "path climbs once its prefix is off"))
        case .stripped(let prefix, let rest):
            edits.path = rest
            edits.request.add("X-Forwarded-Prefix", prefix)
            return nil
        }
    }

    private mutating func perform(_ rules: HeaderRules) -> RuleOutcome? {
        let origin = values(of: "origin").first ?? []
        if let crossOrigin = rules.crossOrigin, request.method == .options, !origin.isEmpty,
            let method = values(of: "access-control-request-method").first, !method.isEmpty
        {
            let headers = values(of: "access-control-request-headers").first ?? []
            return answer(crossOrigin.preflightAnswer(to: origin, method: method, headers: headers))
        }
        guard rules.isAllowed(request.host, request.port) else {
            return answer(LocalAnswer(403, reason: "host is not allowed"))
        }
        edits.request.merge(rules.request)
        edits.host = rules.host ?? edits.host
        var response = rules.response
        if let value = rules.strictTransport, request.isSecure || rules.forcesStrictTransport {
            response.set("Strict-Transport-Security", value)
        }
        rules.crossOrigin?.edit(&response, for: origin)
        edits.addResponse(response)
        return nil
    }

    private mutating func perform(_ authentication: BasicAuthentication, _ index: Int) -> RuleOutcome? {
        guard !AcmeChallenge.isAsked(by: request) else { return nil }
        guard let credentials = BasicCredentials(values(of: "authorization")) else {
            return answer(authentication.challenge())
        }
        let check = authentication.check(credentials, memory, step: index, edits)
        switch memory.isRight(check.key) {
        case true?:
            admit(check.user, authentication)
            return nil
        case false?: return answer(authentication.challenge())
        case nil: return .verify(check)
        }
    }

    /// Lets somebody through who knew the password.
    mutating func admit(_ user: String, _ authentication: BasicAuthentication) {
        edits.user = user
        if authentication.removesHeader { edits.request.remove("Authorization") }
        if let name = authentication.userField { edits.request.set(name, user) }
    }

    private func perform(_ limit: RateLimit) -> RuleOutcome? {
        let source: RateSource =
            switch limit.criterion {
            case .host: .text(request.host)
            case .field(let name): .text(values(of: name).first ?? [])
            case .address(let source):
                // Who comes past the proxies, and so without X-Forwarded-For, is known by the own address.
                .address(source.address(of: request.client, forwardedFor) ?? request.client.withoutMapping)
            }
        guard let wait = memory.wait(for: limit, source, at: now) else { return nil }
        let seconds = max(1, Int64((wait / .seconds(1)).rounded(.up)))
        return answer(
            LocalAnswer(429, fields: [EditedField("Retry-After", "\(seconds)")], reason: "too many requests")
        )
    }
}
