import PlainHTTP
import Testing

@testable import MetricsServer

@Suite struct HTTPRoutesTests {
    private static let routes = HTTPRoutes([
        "/metrics": { HTTPAnswer(.ok, "a 1\n") },
        "/readyz": { HTTPAnswer(.unavailable, "overlay\n") },
    ])

    struct Row: Sendable {
        let method: String
        let target: String
        let status: HTTPAnswer.Status

        init(_ method: String, _ target: String, _ status: HTTPAnswer.Status) {
            self.method = method
            self.target = target
            self.status = status
        }
    }

    static let rows: [Row] = [
        Row("GET", "/metrics", .ok),
        Row("HEAD", "/metrics", .ok),
        Row("GET", "/metrics?name=a", .ok),
        Row("GET", "http://north:9477/metrics?x", .ok),
        Row("GET", "HTTPS://north/metrics", .ok),
        Row("GET", "/readyz", .unavailable),
        Row("GET", "/", .notFound),
        Row("GET", "/metrics/", .notFound),
        Row("GET", "", .notFound),
        Row("GET", "*", .notFound),
        Row("GET", "http://north", .notFound),
        Row("GET", "//metrics", .notFound),
        Row("POST", "/metrics", .methodNotAllowed),
        Row("DELETE", "/readyz", .methodNotAllowed),
        Row("get", "/metrics", .methodNotAllowed),
        Row("POST", "/", .notFound),
    ]

    @Test(arguments: rows)
    func `what a request comes to`(row: Row) async {
        let answer = await Self.routes.answer(row.method, row.target)
        #expect(answer.status == row.status, "\(row.method) \(row.target)")
    }
}
