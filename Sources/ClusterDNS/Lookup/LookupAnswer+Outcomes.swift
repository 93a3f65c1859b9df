import DNSWire
import NetworkTypes

extension LookupAnswer {
    /// What the questions for each family together say of a name. Addresses of one family do, whatever became of the other;
    /// that there are none is only known of both.
    init(_ outcomes: [(type: RecordType, outcome: AddressQuestion.Outcome?)], for name: DNSName) {
        var addresses: [IPAddress] = []
        var lifetimes: (found: UInt32, absent: UInt32) = (.max, .max)
        var absences: [(code: ResponseCode, name: DNSName)] = []
        var faults: [(type: RecordType, reason: String)] = []
        for (type, outcome) in outcomes {
            switch outcome {
            case .found(let found, let lifetime):
                addresses += found
                lifetimes.found = min(lifetimes.found, lifetime)
            case .absent(let code, let last, let lifetime):
                absences.append((code, last))
                lifetimes.absent = min(lifetimes.absent, lifetime)
            case .failed(let reason): faults.append((type, reason))
            case nil: faults.append((type, "it was not asked for"))
            }
        }
        if !addresses.isEmpty {
            self = .addresses(Set(addresses).sorted(), lifetime: .seconds(lifetimes.found))
        } else if faults.isEmpty {
            self = .nothing(reason: Self.reason(absences, name), lifetime: .seconds(lifetimes.absent))
        } else {
            self = .failed(reason: Self.reason(faults))
        }
    }

    private static func reason(_ absences: [(code: ResponseCode, name: DNSName)], _ name: DNSName) -> String {
        let last = absences.last?.name ?? name
        let isAbsent = !absences.isEmpty && absences.allSatisfy { $0.code == .nameError }
        let what = isAbsent ? "does not exist" : "has no addresses"
        return last == name ? "\(name) \(what)" : "\(name) is an alias of \(last), which \(what)"
    }

    private static func reason(_ faults: [(type: RecordType, reason: String)]) -> String {
        if Set(faults.map(\.reason)).count == 1 { return faults[0].reason }
        return faults.map { "\($0.type): \($0.reason)" }.joined(separator: ". ")
    }
}
