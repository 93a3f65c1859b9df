import ClusterState
import Testing

@testable import Ingress

/// Requests that have left for a name outside the cluster before.
@Suite struct LoopTests {
    /// `lone.example` is outside, at 198.51.100.9, or has a pod.
    private static func bench(isOutside: Bool) throws -> MachineBench {
        try MachineBench { _, service in
            guard isOutside else { return [] }
            service.type = .externalName
            service.externalName = "198.51.100.9"
            return []
        }
    }

    private static func marks(_ count: Int) -> String {
        "CDN-Loop: \([String](repeating: "linnet", count: count).joined(separator: ", "))\r\n"
    }

    @Test(
        arguments: [
            ("none", "", true), ("others'", "CDN-Loop: other; loops=1\r\n", true), ("one", marks(1), true),
            ("as many as may be", marks(9), true), ("too many", marks(10), false), ("far too many", marks(50), false),
            ("too many in several lines", marks(5) + "cdn-loop: linnet ;a=b\r\n" + marks(4), false),
            ("names that begin like it", String(repeating: "CDN-Loop: linnets, linnet a\r\n", count: 20), true),
            ("an empty one", "CDN-Loop: , ,\r\n", true),
        ]
    )
    func `those that left too often are not sent on`(name: String, fields: String, isSent: Bool) throws {
        let bench = try Self.bench(isOutside: true)
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\(fields)\r\n")
        guard isSent else {
            #expect(bench.upstreams.isEmpty)
            #expect(bench.clientText.hasPrefix("HTTP/1.1 508 Loop Detected\r\n"))
            return
        }
        // What there was is passed on as it was.
        #expect(bench.upstreamText().contains("\r\n\(fields)X-Forwarded-For: "))
        #expect(bench.upstreamText().hasSuffix("\r\nCDN-Loop: linnet\r\n\r\n"))
    }

    @Test func `requests to pods are neither counted nor marked`() throws {
        let bench = try Self.bench(isOutside: false)
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\(Self.marks(20))\r\n")
        #expect(bench.upstreamText().contains("\r\n\(Self.marks(20))X-Forwarded-For: "))
        #expect(bench.upstreamText().hasSuffix("X-Forwarded-Port: 80\r\n\r\n"))
    }
}
