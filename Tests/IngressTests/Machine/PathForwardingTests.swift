import ClusterState
import HTTPWire
import Testing

@testable import Ingress

/// Targets as they come, and what endpoints get of them, by what is set. All requests go to `lone.example`.
@Suite struct PathForwardingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        /// Each character is the octet of its number.
        let target: String
        /// The target that the endpoint gets, or the status of the refusal: by default, where slashes are not merged, and
        /// where octets that are not ASCII are let through.
        let wanted: [String]
        var testDescription: String { target }

        init(_ target: String, _ wanted: String...) {
            self.target = target
            self.wanted = wanted
        }
    }

    static let rows = [
        Row("/a/b?c", "/a/b?c", "/a/b?c", "/a/b?c"),
        Row("/a//b?c//d", "/a/b?c//d", "/a//b?c//d", "/a/b?c//d"),
        Row("//", "/", "//", "/"),
        Row("//other.example/x", "/other.example/x", "//other.example/x", "/other.example/x"),
        Row("http://lone.example//x?y", "/x?y", "//x?y", "/x?y"),
        Row("/a//../b", "/b", "/a/b", "/b"),
        Row("/a/..//b", "/b", "//b", "/b"),
        Row("/a//./b", "/a/b", "/a//b", "/a/b"),
        Row("//..", "400", "/", "400"),
        Row("//../..", "400", "400", "400"),
        Row("//%2e%2e/%2E%2e/a", "400", "400", "400"),
        Row("/caf\u{c3}\u{a9}", "400", "400", "/caf%C3%A9"),
        Row("/caf\u{e9}//\u{ff}", "400", "400", "/caf%E9/%FF"),
        Row("/caf%c3%a9", "/caf%C3%A9", "/caf%C3%A9", "/caf%C3%A9"),
        Row("/a?q=\u{e9}&r=%e9", "400", "400", "/a?q=%E9&r=%e9"),
        Row("/a/../\u{e9}?\u{e9}", "400", "400", "/%E9?%E9"),
        Row("/a/..?\u{e9}", "400", "400", "/?%E9"),
        Row("http://lone.example/\u{e9}?\u{e9}", "400", "400", "/%E9?%E9"),
        Row("http://lone.example?\u{e9}", "400", "400", "/?%E9"),
        Row("/\u{c0}\u{ae}\u{c0}\u{ae}/a", "400", "400", "/%C0%AE%C0%AE/a"),
        Row("/\u{e9}/../..", "400", "400", "400"),
        Row("/\u{e9}\u{0}", "400", "400", "400"),
        Row("/\u{e9}#a", "400", "400", "400"),
        Row("/\u{e9}%4", "400", "400", "400"),
    ]

    /// The settings of `wanted`, in its order.
    private static func bench(_ setting: Int, _ middleware: StructuredValue? = nil) throws -> MachineBench {
        var limits = ProxyLimits()
        limits.heads.allowsNonASCIITargets = setting == 2
        return try MachineBench(limits: limits, mergesSlashes: setting != 1) { ingress, _ in
            guard let middleware else { return [] }
            ingress.metadata.annotations["traefik.ingress.kubernetes.io/router.middlewares"] = "default-m@kubernetescrd"
            let metadata = ObjectMetadata(name: "m", namespace: "default")
            return [.middleware(Middleware(metadata: metadata, spec: middleware))]
        }
    }

    private static func request(_ target: String) -> [UInt8] {
        Array("GET ".utf8) + target.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
            + Array(" HTTP/1.1\r\nHost: lone.example\r\n\r\n".utf8)
    }

    private static func outcome(_ bench: MachineBench) -> String {
        guard bench.upstreams.isEmpty else {
            return String(bench.upstreamText().prefix { $0 != "\r\n" }.dropFirst(4).dropLast(9))
        }
        return bench.statuses.map(String.init).joined(separator: " ")
    }

    @Test(arguments: rows) func `an endpoint gets the path that was looked up`(row: Row) throws {
        for (setting, wanted) in row.wanted.enumerated() {
            let octets = Self.request(row.target)
            for pieces in [[], Array(repeating: 1, count: octets.count)] {
                let bench = try Self.bench(setting)
                bench.client(octets, pieces: pieces)
                #expect(Self.outcome(bench) == wanted, "setting \(setting)")
            }
        }
    }

    @Test(arguments: [
        ("/api//x?y", ["/x?y", "//x?y", "/x?y"]),
        ("/api//other.example/", ["/other.example/", "//other.example/", "/other.example/"]),
        ("//api/x", ["/x", "//api/x", "/x"]), ("/api/\u{e9}?\u{e9}", ["400", "400", "/%E9?%E9"]),
        ("/api..//x", ["400", "400", "400"]),
    ])
    func `what is left of a path behind its prefix is as it was looked up`(target: String, wanted: [String]) throws {
        let strip: StructuredValue = .object(["stripPrefix": .object(["prefixes": .array([.string("/api")])])])
        for (setting, wanted) in wanted.enumerated() {
            let bench = try Self.bench(setting, strip)
            bench.client(Self.request(target))
            #expect(Self.outcome(bench) == wanted, "setting \(setting)")
        }
    }

    @Test func `a client is sent to a target of ASCII, on the same host`() throws {
        let redirect: StructuredValue = .object(["redirectScheme": .object(["scheme": .string("https")])])
        let rows = [(1, "//other.example/x", "//other.example/x"), (2, "/\u{e9}?\u{e9}", "/%E9?%E9")]
        for (setting, target, place) in rows {
            let bench = try Self.bench(setting, redirect)
            bench.client(Self.request(target))
            #expect(bench.statuses == [302])
            #expect(bench.clientText.contains("Location: https://lone.example\(place)\r\n"))
        }
    }
}
