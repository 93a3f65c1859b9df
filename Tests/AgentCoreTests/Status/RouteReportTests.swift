import AgentCore
import ClusterFixtures
import ClusterState
import Ingress
import Testing

/// What is said of the way of a URL.
struct RouteReportTests {
    /// An Ingress that has /a of x.example for the service `a`, which has an endpoint, and /b for one that is not there.
    private func table() -> RouteTable {
        let configuration = RouteConfiguration(classes: ["linnet"], node: nodeName("n1"))
        let metadata = { ObjectMetadata(name: $0, namespace: "shop") }
        var ingress = ClusterState.Ingress(metadata: metadata("web"))
        ingress.className = "linnet"
        ingress.rules = [
            IngressRule(
                host: "x.example",
                paths: ["a", "b"].map { name in
                    IngressPath(
                        path: "/\(name)",
                        match: .prefix,
                        backend: .service(name: name, port: .number(80))
                    )
                }
            )
        ]
        let service = fixtureService("shop/a", ["10.43.0.1"], ports: [ServicePort(name: "http", port: 80)])
        var slice = fixtureSlice(
            of: "shop/a",
            [fixtureEndpoint("10.42.1.1")],
            ports: [EndpointPort(name: "http", port: 8080)]
        )
        slice.endpoints[0].nodeName = "n1"
        let objects: [ClusterObject] = [.ingress(ingress), .service(service), .endpointSlice(slice)]
        let store = SnapshotStore(sourceDescription: "a test", ownName: configuration.node)
        store.apply(.replace(kinds: RouteTable.neededKinds, with: objects), confirmedAt: 0)
        var table = RouteTable(configuration)
        _ = table.update(store.current, changed: .everything)
        return table
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let url: String
        var fault: String?
        var rule: String?
        var status: UInt16?
        var endpoints: [String] = []
        var losers: [String] = []
    }

    @Test(
        "the answer about a URL",
        arguments: [
            Row(
                testDescription: "an endpoint answers",
                url: "http://X.example/a/b?c",
                rule: "shop/web spec.rules[0].http.paths[0]",
                endpoints: ["10.42.1.1:8080 here"],
                losers: ["spec.rules[0].http.paths[1]: its path is another one"]
            ),
            Row(
                testDescription: "nobody answers",
                url: "https://x.example/b",
                rule: "shop/web spec.rules[0].http.paths[1]",
                status: 503,
                losers: ["spec.rules[0].http.paths[0]: its path is another one"]
            ),
            Row(testDescription: "no rule", url: "http://y.example/a", status: 404),
            Row(
                testDescription: "no URL",
                url: "x.example/a",
                fault: "it has no scheme: put http:// or https:// before it"
            ),
        ]
    )
    func answers(row: Row) throws {
        let answer = RouteAnswer(to: Array(row.url.utf8), by: table())
        #expect(answer.fault == row.fault)
        guard let report = answer.report else {
            #expect(row.fault != nil)
            return
        }
        #expect(report.rule.map { "\($0.ingress) \($0.place)" } == row.rule)
        #expect(report.status == row.status)
        #expect((report.reason != nil) == (row.status != nil))
        let endpoints = report.backend?.endpoints ?? []
        #expect(endpoints.map { "\($0.address):\($0.port)\($0.isOnThisNode ? " here" : "")" } == row.endpoints)
        #expect(report.losers.map { "\($0.rule.place): \($0.reason)" } == row.losers)
        #expect(report.lines.first?.contains("entry point") == true)
    }

    @Test func `there is no report before there is a table, and a fault of the URL is told even then`() {
        #expect(RouteAnswer(to: Array("http://x.example/a".utf8), by: nil) == RouteAnswer(report: nil, fault: nil))
        #expect(RouteAnswer(to: Array("x".utf8), by: nil).fault != nil)
    }

    @Test func `a URL that has no end is not read to it`() {
        let url = Array("http://x.example/".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 20_000)
        #expect(RouteAnswer(to: url, by: table()).fault == "it is longer than 16384 octets")
    }
}
