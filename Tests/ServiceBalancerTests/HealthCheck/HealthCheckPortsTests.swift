import ClusterState
import PlainHTTP
import Testing

@testable import ServiceBalancer

@Suite struct HealthCheckPortsTests {
    static let rows: [(wanted: [(service: String, port: UInt16)], ports: [UInt16: String], surplus: [String])] = [
        ([], [:], []),
        ([("a", 32000)], [32000: "a"], []),
        ([("b", 32001), ("a", 32000)], [32000: "a", 32001: "b"], []),
        ([("c", 32000), ("b", 32000), ("a", 32001)], [32000: "b", 32001: "a"], ["c: default/b"]),
        ([("c", 32000), ("a", 32000), ("b", 32000)], [32000: "a"], ["b: default/a", "c: default/a"]),
    ]

    @Test(arguments: rows)
    func `each port is of one service`(
        row: (wanted: [(service: String, port: UInt16)], ports: [UInt16: String], surplus: [String])
    ) {
        let plans = row.wanted.map { wanted in
            (
                NamespacedName(namespace: "default", name: wanted.service),
                HealthCheckPlan(port: wanted.port, localEndpoints: 0)
            )
        }
        let ports = HealthCheckPorts(Dictionary(uniqueKeysWithValues: plans))
        #expect(ports.services.mapValues(\.name) == row.ports)
        #expect(ports.surplus.map { "\($0.service.name): \($0.holder)" } == row.surplus)
    }

    static let answers: [(endpoints: Int, isHealthy: Bool, status: UInt)] = [
        (0, false, 503), (0, true, 503), (1, false, 503), (1, true, 200), (12, true, 200),
    ]

    @Test(arguments: answers)
    func `traffic is wanted where pods are ready and rules are in place`(endpoints: Int, isHealthy: Bool, status: UInt)
    {
        let service = NamespacedName(namespace: "shop", name: "web")
        let answer = HealthCheckAnswer(service: service, localEndpoints: endpoints, isProxyHealthy: isHealthy).http
        #expect(answer.status.rawValue == status)
        let lines = [
            "{", "\t\"service\": {", "\t\t\"namespace\": \"shop\",", "\t\t\"name\": \"web\"", "\t},",
            "\t\"localEndpoints\": \(endpoints),", "\t\"serviceProxyHealthy\": \(isHealthy)", "}",
        ]
        #expect(answer.body == lines.joined(separator: "\n"))
        #expect(answer.fields.last?.value == "\(endpoints)")
    }
}
