import NetworkTypes
import ServiceBalancer
import Testing

/// A row of a table: a cluster, and the lines that the plan of node-1 has.
struct PlanRow: Sendable, CustomTestStringConvertible {
    let name: String
    let describe: @Sendable (inout TestCluster) -> Void
    let expected: [String]

    init(_ name: String, _ describe: @escaping @Sendable (inout TestCluster) -> Void, _ expected: [String]) {
        self.name = name
        self.describe = describe
        self.expected = expected
    }

    var testDescription: String { name }

    /// Whether the plan is as expected, in IPv4 or with all addresses in IPv6.
    func check(_ family: AddressFamily, sourceLocation: SourceLocation = #_sourceLocation) {
        let cluster = TestCluster(describe)
        let plan = (family == .ipv4 ? cluster : cluster.inIPv6).plan
        #expect(plan.lines == expected, sourceLocation: sourceLocation)
    }
}
