extension RateLimit {
    /// `spec.rateLimit`; nil if it says that there is no limit. Where nothing is said, a limit may be meant.
    init?(_ fields: inout SpecReader, identity: String) throws(SpecFault) {
        guard let average = try fields.count("average") else {
            throw fields.fault("average", "how many requests may come a period is missing; write it")
        }
        let burst = try fields.count("burst") ?? 1
        let period = try fields.period("period") ?? .seconds(1)
        let criterion = try fields.nested("sourceCriterion") { (fields) throws(SpecFault) in
            try Criterion(&fields)
        }
        if fields.value("redis") != nil {
            fields.remark("redis", "each node counts on its own; remove this, and divide the rate by the nodes")
        }
        guard average > 0 else {
            fields.remark("average", "it is zero, which sets no limit; write how many requests may come a period")
            return nil
        }
        self.init(
            identity: identity,
            rate: Double(average) / (period / .seconds(1)),
            burst: burst,
            criterion: criterion ?? .address(.peer())
        )
    }
}

extension RateLimit.Criterion {
    /// `sourceCriterion`
    init(_ fields: inout SpecReader) throws(SpecFault) {
        let source = try fields.nested("ipStrategy") { (fields) throws(SpecFault) in try AddressSource(&fields) }
        let name = try fields.text("requestHeaderName") ?? ""
        let byHost = try fields.flag("requestHost")
        let chosen = [source != nil, !name.isEmpty, byHost].count { $0 }
        guard chosen <= 1 else {
            throw SpecFault(
                place: fields.place,
                message: "ipStrategy, requestHeaderName and requestHost exclude each other; write one of them"
            )
        }
        if byHost {
            self = .host
        } else if !name.isEmpty {
            guard FieldSyntax.isName(name) else { throw fields.fault("requestHeaderName", "no field is called so") }
            self = .field(name.lowercased())
        } else {
            self = .address(source ?? .peer())
        }
    }
}

extension SpecReader {
    /// A number of requests, up to a thousand million.
    fileprivate mutating func count(_ name: String) throws(SpecFault) -> Int? {
        guard let number = try integer(name) else { return nil }
        guard (0...1_000_000_000).contains(number) else { throw fault(name, "write a number of requests") }
        return Int(number)
    }

    /// Nil if none is written, or zero.
    fileprivate mutating func period(_ name: String) throws(SpecFault) -> Duration? {
        guard let text = try text(name) else { return nil }
        guard let period = GoDuration.parse(text) else { throw fault(name, "write a time such as 1s or 1m30s") }
        return period > .zero ? period : nil
    }
}
