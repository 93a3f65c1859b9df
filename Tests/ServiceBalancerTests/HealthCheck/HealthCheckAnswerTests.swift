import ClusterState
import PlainHTTP
import Testing

@testable import ServiceBalancer

@Suite struct HealthCheckAnswerTests {
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
