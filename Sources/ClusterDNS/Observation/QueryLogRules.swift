package import DNSWire

/// Which queries are logged.
package struct QueryLogRules: Hashable, Sendable {
    /// What is logged of the names of one zone.
    package struct Rule: Hashable, Sendable {
        /// The zone in lower case.
        package let zone: DNSName
        package let classes: QueryClasses

        package init(zone: DNSName = .root, _ classes: QueryClasses) {
            self.zone = zone.folded
            self.classes = classes
        }
    }

    /// The first whose zone a name is in rules, as CoreDNS has it.
    package var rules: [Rule]

    /// Nothing, unless there are rules.
    package init(_ rules: [Rule] = []) {
        self.rules = rules
    }

    var isEmpty: Bool { rules.isEmpty }

    /// What is logged of a name in lower case.
    func classes(of name: DNSName) -> QueryClasses {
        rules.first { name.isEqualOrBelow($0.zone) }?.classes ?? []
    }
}

/// CoreDNS' classes of answers.
package struct QueryClasses: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    package static let success = QueryClasses(rawValue: 1 << 0)
    /// The name, or the type of it, does not exist.
    package static let denial = QueryClasses(rawValue: 1 << 1)
    /// Failed, refused, or not understood.
    package static let error = QueryClasses(rawValue: 1 << 2)
    package static let all: QueryClasses = [.success, .denial, .error]

    /// The words of CoreDNS' `class`.
    package static let names: [(word: String, classes: QueryClasses)] = [
        ("all", .all), ("success", .success), ("denial", .denial), ("error", .error),
    ]

    /// In the words of `names`, with commas between them.
    package var description: String {
        if self == .all { return "all" }
        return Self.names.filter { $0.classes != .all && contains($0.classes) }.map(\.word).joined(separator: ",")
    }

    /// The class of a whole reply.
    init(of reply: Span<UInt8>, _ code: ResponseCode) {
        func count(_ offset: Int) -> Int { Int(reply[offset]) << 8 | Int(reply[offset + 1]) }
        switch code {
        case .nameError: self = .denial
        // No data: only the SOA record in the authority section.
        case .noError: self = count(6) == 0 && count(8) > 0 ? .denial : .success
        default: self = .error
        }
    }
}
