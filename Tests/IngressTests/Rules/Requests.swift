import ClusterFixtures
import HTTPWire
import NetworkTypes

@testable import Ingress

// Requests as the tests of rules write them. Clients are of 192.0.2.0/24 and 2001:db8::/32.

/// Fields by name.
struct NamedFields: RequestFields, ExpressibleByDictionaryLiteral {
    let fields: [(String, String)]

    init(_ fields: [(String, String)]) { self.fields = fields }

    init(dictionaryLiteral elements: (String, String)...) { fields = elements }

    func values(of name: String) -> [[UInt8]] {
        fields.filter { $0.0.lowercased() == name }.map { Array($0.1.utf8) }
    }
}

func request(
    _ path: String = "/",
    method: HTTPMethod = .get,
    host: String = "shop.example",
    port: UInt16? = nil,
    client: String = "192.0.2.7",
    isSecure: Bool = false,
    trusted: Bool = false,
    with fields: NamedFields = [:]
) -> RequestFacts {
    let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return RequestFacts(
        method: method,
        host: Array(host.utf8),
        port: port,
        path: Array(parts[0].utf8),
        query: parts.count == 2 ? Array(parts[1].utf8) : nil,
        client: address(client),
        isSecure: isSecure,
        trustsForwarded: trusted,
        fields: fields
    )
}

extension RequestRules {
    /// What becomes of a request at the beginning of time.
    func apply(to request: RequestFacts) -> RuleOutcome {
        apply(to: request, at: .zero, with: RuleMemory())
    }
}

extension RuleOutcome {
    var edits: HeadEdits? {
        if case .forward(let edits) = self { edits } else { nil }
    }

    var answer: LocalAnswer? {
        if case .answer(let answer) = self { answer } else { nil }
    }

    var check: PasswordCheck? {
        if case .verify(let check) = self { check } else { nil }
    }
}

extension LocalAnswer {
    func value(of name: String) -> String? { fields.value(of: name) }
}

extension FieldEdits {
    func value(of name: String) -> String? { added.value(of: name) }
}

extension [EditedField] {
    /// The values of a name, with ` | ` between; nil if there is none.
    func value(of name: String) -> String? {
        let values = filter { String(decoding: $0.name, as: UTF8.self).lowercased() == name.lowercased() }
            .map { String(decoding: $0.value, as: UTF8.self) }
        return values.isEmpty ? nil : values.joined(separator: " | ")
    }
}
