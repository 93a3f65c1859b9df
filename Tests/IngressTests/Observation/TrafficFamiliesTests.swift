import HTTPWire
import Metrics
import Testing

@testable import Ingress

/// What is counted of requests, as whoever scrapes it reads it.
@Suite struct TrafficFamiliesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sent: String
        /// What the endpoint answers; nil if nobody is asked.
        var response: String?
        /// Lines of the exposition.
        let wanted: [String]
    }

    private static let get = "GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n"
    private static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"

    @Test(
        "a request is counted for its entry point, and for the service that it went to",
        arguments: [
            Row(
                testDescription: "answered by an endpoint",
                sent: get,
                response: fine,
                wanted: [
                    #"traefik_entrypoint_requests_total{code="200",method="GET",protocol="http",entrypoint="web"} 1"#,
                    #"traefik_entrypoint_responses_bytes_total{code="200",method="GET",protocol="http",entrypoint="web"} 2"#,
                    #"traefik_service_requests_total{code="200",method="GET",protocol="http",service="default-lone-80@kubernetes"} 1"#,
                    #"traefik_service_retries_total{service="default-lone-80@kubernetes"} 0"#,
                    #"linnet_traefik_upstream_requests_total{connection="new"} 1"#,
                ]
            ),
            Row(
                testDescription: "with a body",
                sent: "POST / HTTP/1.1\r\nHost: lone.example\r\nContent-Length: 3\r\n\r\nabc",
                response: "HTTP/1.1 204 No Content\r\n\r\n",
                wanted: [
                    #"traefik_entrypoint_requests_bytes_total{code="204",method="POST",protocol="http",entrypoint="web"} 3"#,
                    #"traefik_service_requests_bytes_total{code="204",method="POST",protocol="http",service="default-lone-80@kubernetes"} 3"#,
                ]
            ),
            Row(
                testDescription: "no route",
                sent: "HEAD / HTTP/1.1\r\nHost: nobody.example\r\n\r\n",
                wanted: [
                    #"traefik_entrypoint_requests_total{code="404",method="HEAD",protocol="http",entrypoint="web"} 1"#
                ]
            ),
            Row(
                testDescription: "no endpoint",
                sent: "FETCH / HTTP/1.1\r\nHost: empty.example\r\n\r\n",
                wanted: [
                    #"traefik_service_requests_total{code="503",method="EXTENSION_METHOD",protocol="http",service="default-empty-80@kubernetes"} 1"#
                ]
            ),
            Row(
                testDescription: "malformed",
                sent: "GET / HTTP/1.1\r\n\r\n",
                wanted: [
                    #"traefik_entrypoint_requests_total{code="400",method="EXTENSION_METHOD",protocol="http",entrypoint="web"} 1"#
                ]
            ),
        ]
    )
    func counted(row: Row) throws {
        let bench = try MachineBench()
        bench.client(row.sent)
        if let response = row.response { try bench.upstream(response) }
        let lines = Exposition(TrafficFamilies([bench.bench.traffic]).families).text.split(separator: "\n")
        for line in row.wanted { #expect(lines.contains { $0 == line }, "\(line)") }
        let isForService = row.wanted.contains { $0.contains("service=") }
        #expect(lines.contains { $0.hasPrefix("traefik_service_requests_total{") } == isForService)
    }

    @Test func `loops are one, and times are in Traefik's buckets`() throws {
        var loops: [Traffic] = []
        for times: [UInt64] in [[0, 100, 101], [300, 1_200, 5_000, 5_001]] {
            let bench = try MachineBench()
            for _ in times {
                bench.client(Self.get)
                try bench.upstream(Self.fine)
            }
            loops.append(bench.bench.traffic)
        }
        let text = Exposition(TrafficFamilies(loops).families).text
        let labels = #"code="200",method="GET",protocol="http",entrypoint="web""#
        #expect(text.contains("traefik_entrypoint_requests_total{\(labels)} 7\n"))
        #expect(text.contains(#"linnet_traefik_upstream_requests_total{connection="kept"} 5"#))
        var tally = RequestTally()
        for time: UInt64 in [0, 100, 101, 300, 1_200, 5_000, 5_001] { tally.note(time, 1, 2) }
        #expect(tally.counts.indices.map { tally.counts[$0] } == [2, 2, 1, 1, 1])
        #expect(tally.milliseconds == 11_702)
        #expect(tally.requestOctets == 7)
        #expect(tally.responseOctets == 14)
    }

    @Test func `a request that was sent again is counted for its service once`() throws {
        let bench = try MachineBench()
        bench.unreachable = ["10.42.0.1"]
        for _ in 0..<20 {
            bench.client("GET / HTTP/1.1\r\nHost: web.example\r\n\r\n")
            try bench.upstream(Self.fine)
        }
        let traffic = bench.bench.traffic
        #expect(traffic.services == ["default-web-80@kubernetes"])
        #expect(traffic.retries == [traffic.failures[.refused]])
        let tallies = zip(traffic.kinds, traffic.tallies).filter { $0.0.subject >= EntryPoint.allCases.count }
        #expect(tallies.map(\.1.requests) == [20])
    }

    @Test(arguments: [UInt16(0), 101, 200, 499, 599, 999])
    func `a kind keeps what it is made of`(status: UInt16) {
        for method in (UInt8(0)...9).compactMap(HTTPMethod.init) {
            for isUpgrade in [true, false] {
                let kind = RequestKind(70_000, status: status, method, isUpgrade: isUpgrade)
                #expect(kind.subject == 70_000)
                #expect(kind.status == status)
                #expect(kind.method == method)
                #expect(kind.isUpgrade == isUpgrade)
                #expect(RequestKind(3, like: kind) == RequestKind(3, status: status, method, isUpgrade: isUpgrade))
            }
        }
    }
}
