import DNSWire

/// The records of an answer section that lead from the question to what it asks for.
struct AliasChain {
    /// The most names in a chain.
    private static let longest = 16

    private let question: ForwardedQuestion
    private let home: OwnZones?
    /// The last name of the chain.
    private(set) var name: DNSName
    /// In the order of the chain.
    private(set) var kept: [ResourceRecord] = []
    /// Whether there are records of the type that is asked for.
    private(set) var hasData = false
    /// Whether the chain ends with the first name of ours. What others say of that does not count.
    private(set) var leadsHome = false

    /// - Parameter home: the zones that are ours. A question for a name in them is asked because somebody wants that.
    init(_ question: ForwardedQuestion, home: OwnZones?) {
        self.question = question
        self.home = home
        name = question.name
    }

    /// Follows the chain. False if it does not end.
    mutating func walk(_ records: [ResourceRecord]) -> Bool {
        var names: Set<DNSName> = []
        while names.insert(name).inserted, names.count <= Self.longest {
            let own = records.filter { $0.name == name && $0.recordClass == question.recordClass }
            let wanted = own.filter { isWanted($0.type) }
            kept.join(records.filter { $0.type == .dname && name != $0.name && name.isEqualOrBelow($0.name) })
            if !wanted.isEmpty {
                hasData = true
                kept.join(wanted + signatures(own))
                return true
            }
            guard let alias = own.first(where: { $0.type == .cname }), case .cname(let target) = alias.data else {
                return true
            }
            kept.join([alias] + signatures(own))
            name = target
            leadsHome = home.map { $0.contains(target) && !$0.contains(question.name) } ?? false
            if leadsHome { return true }
        }
        return false
    }

    private func isWanted(_ type: RecordType) -> Bool { type == question.type || question.type == .any }

    private func signatures(_ records: [ResourceRecord]) -> [ResourceRecord] {
        question.dnssecOK ? records.filter { $0.type == .rrsig } : []
    }
}

extension [ResourceRecord] {
    /// Appends those records that are not there yet: names that lead to and fro lead to the same ones again.
    mutating func join(_ records: [ResourceRecord]) {
        for record in records where !contains(record) { append(record) }
    }
}
