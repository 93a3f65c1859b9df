import ClusterState
import Ingress
import Testing

/// Whose certificate a client is shown, by the server name that it asks for.
struct CertificateTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cluster: RouteCluster
        /// `NAME > SECRET`, `NAME > ? CANDIDATES` or `NAME > default`.
        let requests: [String]

        init(_ name: String, _ requests: String..., describe: (inout RouteCluster) -> Void) {
            testDescription = name
            self.requests = requests
            cluster = RouteCluster(describe)
        }
    }

    @Test(arguments: rows)
    func `certificates`(row: Row) {
        let table = row.cluster.table
        for request in row.requests {
            let parts = request.split(separator: " > ").map(String.init)
            let reference = table.certificate(serverName: parts[0])
            let candidates = (reference?.candidates ?? []).map(\.description).joined(separator: " ")
            let shown = reference.map { $0.secret.map(\.description) ?? "? \(candidates)" }
            #expect(shown ?? "default" == parts[1], "\(parts[0])")
        }
    }

    static let rows: [Row] = [
        Row("nothing", "x.example > default") { _ in },
        Row("no TLS", "x.example > default") { $0.add("web", ["Prefix x.example/ > a"]) },
        Row("a host", "x.example > shop/one", "X.Example. > shop/one", "y.example > default", "a.x.example > default") {
            $0.add("web", ["Prefix x.example/ > a"]) { $0.tls = [tls("one", "x.example")] }
        },
        Row("two hosts, two certificates", "x.example > shop/one", "y.example > shop/two") {
            $0.add("web", ["Prefix x.example/ > a", "Prefix y.example/ > b"]) {
                $0.tls = [tls("one", "x.example"), tls("two", "y.example")]
            }
        },
        Row("a wildcard", "x.example > shop/one", "a.x.example > default", "example > default") {
            $0.add("web", ["Prefix *.example/ > a"]) { $0.tls = [tls("one", "*.example")] }
        },
        Row("a wildcard's certificate for a host", "x.example > shop/one") {
            $0.add("web", ["Prefix x.example/ > a"]) { $0.tls = [tls("one", "*.example")] }
        },
        Row("a host before a wildcard", "x.example > shop/two", "y.example > shop/one") {
            $0.add("web", ["Prefix x.example/ > a", "Prefix *.example/ > a"]) {
                $0.tls = [tls("one", "*.example"), tls("two", "x.example")]
            }
        },
        Row("the first of two entries", "x.example > shop/one") {
            $0.add("web", ["Prefix x.example/ > a"]) { $0.tls = [tls("one", "x.example"), tls("two", "x.example")] }
        },
        Row("the Ingress with the oldest rule before an older one without", "x.example > shop/own") {
            $0.add("older", ["Prefix y.example/ > a"], age: 3) { $0.tls = [tls("other", "x.example")] }
            $0.add("web", ["Prefix x.example/ > a"], age: 2) { $0.tls = [tls("own", "x.example")] }
        },
        Row("another Ingress of the namespace", "x.example > shop/other") {
            $0.add("web", ["Prefix x.example/ > a"], age: 2)
            $0.add("tls", ["Prefix y.example/ > a"], age: 1) { $0.tls = [tls("other", "x.example")] }
        },
        Row("another namespace, later", "x.example > shop/own") {
            $0.add("web", ["Prefix x.example/ > a"], age: 2) { $0.tls = [tls("own", "x.example")] }
            $0.add("evil/web", ["Prefix x.example/ > a"], age: 1) { $0.tls = [tls("theirs", "x.example")] }
        },
        Row("another namespace, without a rule for the host", "x.example > shop/own") {
            $0.add("evil/web", ["Prefix y.example/ > a"], age: 3) { $0.tls = [tls("theirs", "x.example")] }
            $0.add("web", ["Prefix x.example/ > a"], age: 2) { $0.tls = [tls("own", "x.example")] }
        },
        Row("another namespace, where the owner has none", "x.example > default") {
            $0.add("web", ["Prefix x.example/ > a"], age: 2)
            $0.add("evil/web", ["Prefix x.example/e > a"], age: 1) { $0.tls = [tls("theirs", "x.example")] }
        },
        Row("another namespace, with a greater priority", "x.example > shop/own") {
            $0.add("web", ["Prefix x.example/ > a"], age: 2) { $0.tls = [tls("own", "x.example")] }
            $0.add("evil/web", ["Prefix x.example/ > a"], age: 1, ["router.priority": "999"]) {
                $0.tls = [tls("theirs", "x.example")]
            }
        },
        Row("a rule for the host before one for its wildcard", "x.example > shop/own", "y.example > wild/theirs") {
            $0.add("wild/web", ["Prefix *.example/ > a"], age: 9) { $0.tls = [tls("theirs", "*.example", "x.example")] }
            $0.add("web", ["Prefix x.example/ > a"], age: 1) { $0.tls = [tls("own", "x.example")] }
        },
        Row("the rule for the wildcard owns hosts without one", "x.example > wild/theirs") {
            $0.add("wild/web", ["Prefix *.example/ > a"], age: 1) { $0.tls = [tls("theirs", "*.example")] }
            $0.add("web", ["Prefix /x > a"], age: 9) { $0.tls = [tls("own", "x.example")] }
        },
        Row("a host that no rule is for", "x.example > shop/old", "y.example > ? shop/new shop/old") {
            $0.add("new", ["Prefix / > a"], age: 1) { $0.tls = [tls("new", "x.example")] }
            $0.add("old", backend: "z", age: 2) { $0.tls = [tls("old", "x.example")] }
        },
        Row("an entry without hosts", "x.example > ? shop/any", "y.example > default") {
            $0.add("web", ["Prefix x.example/ > a"]) { $0.tls = [tls("any")] }
        },
        Row("an entry without hosts, in an Ingress without hosts", "x.example > ? shop/any") {
            $0.add("web", ["Prefix / > a"]) { $0.tls = [tls("any")] }
        },
        Row("an entry without hosts, in a default backend", "x.example > ? shop/any") {
            $0.add("web", backend: "a") { $0.tls = [tls("any")] }
        },
        Row("names of certificates of the namespace, the owner's first", "x.example > ? shop/own shop/old shop/other") {
            $0.add("b", ["Prefix y.example/ > a"], age: 9) { $0.tls = [tls("old", "y.example")] }
            $0.add("a", ["Prefix x.example/ > a"], age: 2) { $0.tls = [tls("own"), tls("old")] }
            $0.add("c", ["Prefix z.example/ > a"], age: 1) { $0.tls = [tls("other", "z.example"), tls("own")] }
            $0.add("evil/d", ["Prefix z.example/ > a"], age: 3) { $0.tls = [tls("theirs")] }
        },
        Row("no Secret is named", "x.example > default") {
            $0.add("web", ["Prefix x.example/ > a"]) {
                $0.tls = [IngressTLS(hosts: ["x.example"], secretName: nil), IngressTLS(hosts: [], secretName: "")]
            }
        },
        Row("another class", "x.example > default") {
            $0.add("web", ["Prefix x.example/ > a"], class: "nginx") { $0.tls = [tls("one", "x.example")] }
        },
        Row("a host that is none", "x.example > ? shop/two", "y.example > shop/two") {
            $0.add("web", ["Prefix x.example/ > a"]) { $0.tls = [tls("one", "*"), tls("two", "*", "y.example")] }
        },
        Row("the route's entry point does not matter", "x.example > shop/one") {
            $0.add("web", ["Prefix x.example/ > a"], ["router.entrypoints": "web"]) {
                $0.tls = [tls("one", "x.example")]
            }
        },
    ]

    private static func tls(_ secret: String, _ hosts: String...) -> IngressTLS {
        IngressTLS(hosts: hosts, secretName: secret)
    }

    @Test func `Secrets in use are those of served Ingresses`() {
        let table = RouteCluster {
            $0.add("web", ["Prefix x.example/ > a"]) { $0.tls = [Self.tls("one", "x.example"), Self.tls("two")] }
            $0.add("other", ["Prefix x.example/ > a"], class: "nginx") { $0.tls = [Self.tls("three")] }
        }.table
        #expect(table.secretsInUse.map(\.name).sorted() == ["one", "two"])
    }

    @Test func `what keeps a certificate from being shown is said`() {
        var cluster = RouteCluster {
            $0.add("web", ["Prefix x.example/ > a"], age: 2) { $0.tls = [Self.tls("own", "x.example")] }
            $0.add("evil/web", ["Prefix y.example/ > a"], age: 1) {
                $0.tls = [Self.tls("theirs", "x.example", "y.example")]
            }
        }
        cluster.others = [.secret(Secret(metadata: ObjectMetadata(name: "own", namespace: "shop")))]
        #expect(
            cluster.table.said == [
                "web: CertificateUnavailable: spec.tls[0].secretName: there is no Secret evil/theirs: its hosts are shown "
                    + "the default certificate until it is there",
                "web: CertificateConflict: spec.tls: the Secret evil/theirs is not shown for x.example: the oldest rule for "
                    + "the host is that of Ingress shop/web, whose namespace decides",
            ]
        )
    }
}
