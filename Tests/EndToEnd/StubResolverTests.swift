import Foundation
import Testing

extension Nodes {
    /// What the resolvers of pods make of cluster DNS, by a resolv.conf as kubelet writes it: three search domains and
    /// ndots:5. dnsmasq in the LAN has a.example.test.
    @Suite struct StubResolverTests {
        /// What a resolver finds.
        enum Answer: Sendable, Equatable {
            /// Just these addresses or names.
            case all(Set<String>)
            /// So many of the addresses of `big`.
            case some(Int)

            static let none = Answer.all([])
        }

        /// A question, and what comes of it.
        struct Row: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let name: String
            let type: String
            /// The name for those that search nothing.
            let whole: String
            let answer: Answer
            /// Where a resolver cannot do better, whoever answers.
            var exceptions: [StubResolver: Answer] = [:]

            init(
                _ description: String,
                _ name: String,
                _ type: String,
                whole: String? = nil,
                _ answer: Answer,
                but exceptions: [StubResolver: Answer] = [:]
            ) {
                testDescription = description
                self.name = name
                self.type = type
                self.whole = whole ?? "\(name).default.svc.cluster.local"
                self.answer = answer
                self.exceptions = exceptions
            }
        }

        static let rows = [
            Row("a service of the own namespace", "web", "A", .all(["10.43.0.20"])),
            Row("its address of the other family", "web", "AAAA", .all(["fd00:43::20"])),
            Row(
                "a service of another namespace",
                "cart.shop",
                "A",
                whole: "cart.shop.svc.cluster.local",
                .all(["10.43.0.30"]),
                // It searches only for names without a dot.
                but: [.busybox: .none]
            ),
            Row("a headless service", "db", "A", .all(["10.42.1.7", "10.42.1.8"])),
            Row("one endpoint of it", "db-0.db", "A", .all(["10.42.1.7"]), but: [.busybox: .none]),
            Row("an alias of a name outside", "out", "A", .all(["192.0.2.8"])),
            Row("the same in the other family", "out", "AAAA", .all(["2001:db8::8"])),
            // With fewer than five dots it is looked for in the cluster first.
            Row("a name outside", "a.example.test", "A", whole: "a.example.test", .all(["192.0.2.8"])),
            Row("a name outside that does not exist", "no.example.test", "A", whole: "no.example.test", .none),
            Row("a service that does not exist", "nothing", "A", .none),
            Row("a service with IPv6 alone", "six", "AAAA", .all(["fd00:43::26"])),
            Row("an IPv4 address of it", "six", "A", .none),
            Row("a service with IPv4 alone", "four", "A", .all(["10.43.0.24"])),
            Row("an IPv6 address of it", "four", "AAAA", .none),
            Row(
                "a hundred addresses, for which TCP is needed",
                "big",
                "A",
                .some(100),
                // Before 1.2.4 musl asks nobody over TCP, and neither does BusyBox: 29 fit into 512 octets.
                but: [.musl: .some(29), .busybox: .some(29)]
            ),
            Row(
                "the name of a service's address",
                "10.43.0.20",
                "PTR",
                whole: "10.43.0.20",
                .all(["web.default.svc.cluster.local"])
            ),
            Row(
                "the name of an endpoint's",
                "10.42.1.7",
                "PTR",
                whole: "10.42.1.7",
                .all(["db-0.db.default.svc.cluster.local"])
            ),
        ]

        private static func service(_ name: String, _ addresses: String) -> String {
            let place = name.split(separator: "/")
            return """
                apiVersion: v1
                kind: Service
                metadata: {name: \(place[1]), namespace: \(place[0])}
                spec: {clusterIPs: [\(addresses)], ports: [{name: http, port: 80}]}
                ---

                """
        }

        private static func slice(_ service: String, _ endpoints: [String]) -> String {
            """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: \(service)-1, namespace: default, labels: {kubernetes.io/service-name: \(service)}}
            addressType: IPv4
            ports: [{name: http, port: 80}]
            endpoints: [\(endpoints.map { "{\($0)}" }.joined(separator: ", "))]
            ---

            """
        }

        private static let manifests =
            service("default/web", "10.43.0.20, \"fd00:43::20\"") + service("shop/cart", "10.43.0.30")
            + service("default/four", "10.43.0.24") + service("default/six", "\"fd00:43::26\"")
            + service("default/db", "None") + service("default/big", "None")
            + slice("db", ["addresses: [10.42.1.7], hostname: db-0", "addresses: [10.42.1.8]"])
            + slice("big", (1...100).map { "addresses: [10.42.7.\($0)]" })
                + """
                apiVersion: v1
                kind: Service
                metadata: {name: out, namespace: default}
                spec: {type: ExternalName, externalName: a.example.test}
                """

        private func withPod(_ body: (Pod, StubResolverKit) async throws -> Void) async throws {
            try await Cluster.with([.north]) { cluster, nodes in
                let node = nodes[0]
                try cluster.write(Self.manifests, to: "services.yaml")
                let server = try Monitor(
                    [
                        "dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--bind-interfaces", "--local=/test/",
                        "--listen-address=192.168.77.254", "--host-record=a.example.test,192.0.2.8,2001:db8::8",
                    ],
                    in: cluster.lanNamespace,
                    on: node
                )
                defer { server.stop() }
                let upstream = node.home.appendingPathComponent("upstream.conf")
                try Data("nameserver 192.168.77.254\n".utf8).write(to: upstream)
                _ = try await cluster.start(node, ["--resolv-conf", upstream.path])
                let pod = try await cluster.attachPod("one", on: node)
                let kit = try await StubResolverKit(in: node.home, servers: ["10.43.0.10", "fd00:43::a"])
                for name in ["big", "a.example.test"] {
                    try await eventually("\(name) is known") { try await kit.ask(.glibc, name, "A", in: pod).succeeded }
                }
                try await body(pod, kit)
            }
        }

        private func check(_ resolvers: [StubResolver], _ kit: StubResolverKit, in pod: Pod) async throws {
            for row in Self.rows {
                for resolver in resolvers {
                    let name = resolver.searchesNothing ? row.whole : row.name
                    let result = try await kit.ask(resolver, name, row.type, in: pod)
                    let answer = Self.answer(in: result.output, type: row.type)
                    let wanted = row.exceptions[resolver] ?? row.answer
                    #expect(answer == wanted, "\(row.testDescription), by \(resolver): \(result)")
                }
            }
        }

        /// The addresses that a program prints, or the names of the cluster, without those of the servers.
        private static func answer(in output: String, type: String) -> Answer {
            let words = output.split { $0.isWhitespace || $0 == "#" }.map(String.init)
            let found: Set<String>
            if type == "PTR" {
                let names = words.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
                found = Set(names.filter { $0.hasSuffix(".svc.cluster.local") })
            } else {
                found = Set(words.filter(isAddress)).subtracting(["10.43.0.10", "fd00:43::a"])
            }
            return found.count > 2 ? .some(found.filter { $0.hasPrefix("10.42.7.") }.count) : .all(found)
        }

        private static func isAddress(_ text: String) -> Bool {
            var space = in6_addr()
            return inet_pton(AF_INET, text, &space) == 1 || inet_pton(AF_INET6, text, &space) == 1
        }

        @Test func `the resolvers of C libraries, tools and languages find what there is`() async throws {
            try await withPod { pod, kit in
                try await check(StubResolver.allCases.filter { $0 != .resolved }, kit, in: pod)
            }
        }

        /// A package that is only unpacked, since to install it would change how the machine itself resolves names.
        private static let resolvedProgram =
            ProcessInfo.processInfo.environment["SYSTEMD_RESOLVED"] ?? "/lib/systemd/systemd-resolved"

        @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: resolvedProgram)))
        func `so does systemd-resolved`() async throws {
            try await withPod { pod, kit in
                let resolved = try kit.startResolved(Self.resolvedProgram, in: pod)
                try await eventually("it answers; its log: \(resolved.text)") {
                    try await kit.ask(.resolved, "web", "A", in: pod).succeeded
                }
                try await check([.resolved], kit, in: pod)
                resolved.stop()
            }
        }
    }
}
