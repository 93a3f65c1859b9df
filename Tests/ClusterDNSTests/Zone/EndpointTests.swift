import ClusterFixtures
import ClusterState
import DNSWire
import Testing

@testable import ClusterDNS

/// How slices become records.
@Suite struct EndpointTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let situation: String
        let slices: [EndpointSlice]
        let asked: [Asked]
        var service = fixtureService("shop/db", [])

        var testDescription: String { situation }
    }

    static let http = [EndpointPort(name: "http", port: 8080)]

    static let families = Shape(
        situation: "two families are joined",
        slices: [
            fixtureSlice(of: "shop/db", suffix: "v4", [fixtureEndpoint("10.42.0.1", host: "db-0")], ports: http),
            fixtureSlice(of: "shop/db", suffix: "v6", [fixtureEndpoint("fd00:42::1", host: "db-0")], ports: http),
        ],
        asked: [
            Asked("db.shop.svc", .a, ["A 10.42.0.1"]), Asked("db.shop.svc", .aaaa, ["AAAA fd00:42::1"]),
            Asked("db-0.db.shop.svc", .aaaa, ["AAAA fd00:42::1"]),
            Asked(
                "db.shop.svc",
                .srv,
                ["SRV 0 50 8080 db-0.db.shop.svc.Z"],
                additionals: ["db-0.db.shop.svc.Z A 10.42.0.1", "db-0.db.shop.svc.Z AAAA fd00:42::1"]
            ),
        ]
    )

    static let duplicates = Shape(
        situation: "an endpoint in two slices counts once",
        slices: [
            fixtureSlice(of: "shop/db", suffix: "a", [fixtureEndpoint("10.42.0.1")], ports: http),
            fixtureSlice(
                of: "shop/db",
                suffix: "b",
                [fixtureEndpoint("10.42.0.1"), fixtureEndpoint("10.42.0.2")],
                ports: http
            ),
        ],
        asked: [
            Asked("db.shop.svc", .a, ["A 10.42.0.1", "A 10.42.0.2"]),
            Asked(
                "_http._tcp.db.shop.svc",
                .srv,
                ["SRV 0 50 8080 10-42-0-1.db.shop.svc.Z", "SRV 0 50 8080 10-42-0-2.db.shop.svc.Z"],
                additionals: ["10-42-0-1.db.shop.svc.Z A 10.42.0.1", "10-42-0-2.db.shop.svc.Z A 10.42.0.2"]
            ),
        ]
    )

    static let sharedName = Shape(
        situation: "endpoints that share a hostname share its records",
        slices: [
            fixtureSlice(
                of: "shop/db",
                [fixtureEndpoint("10.42.0.1", host: "same"), fixtureEndpoint("10.42.0.2", host: "same")],
                ports: http
            )
        ],
        asked: [
            Asked("same.db.shop.svc", .a, ["A 10.42.0.1", "A 10.42.0.2"]),
            Asked(
                "_http._tcp.db.shop.svc",
                .srv,
                ["SRV 0 50 8080 same.db.shop.svc.Z"],
                additionals: ["same.db.shop.svc.Z A 10.42.0.1", "same.db.shop.svc.Z A 10.42.0.2"]
            ),
        ]
    )

    static let portsDiffer = Shape(
        situation: "slices with other ports are united",
        slices: [
            fixtureSlice(of: "shop/db", suffix: "a", [fixtureEndpoint("10.42.0.1")], ports: http),
            fixtureSlice(
                of: "shop/db",
                suffix: "b",
                [fixtureEndpoint("10.42.0.2")],
                ports: [EndpointPort(name: "http", port: 9090), EndpointPort(name: "all", port: nil)]
            ),
        ],
        asked: [
            Asked("_http._tcp.db.shop.svc", .a, ["A 10.42.0.1", "A 10.42.0.2"]),
            Asked(
                "_http._tcp.db.shop.svc",
                .srv,
                ["SRV 0 50 8080 10-42-0-1.db.shop.svc.Z", "SRV 0 50 9090 10-42-0-2.db.shop.svc.Z"],
                additionals: ["10-42-0-1.db.shop.svc.Z A 10.42.0.1", "10-42-0-2.db.shop.svc.Z A 10.42.0.2"]
            ),
        ] + Asked.noName("_all._tcp.db.shop.svc", .srv)
    )

    static let oneNumber = Shape(
        situation: "two ports of one number are one record at the service's name",
        slices: [
            fixtureSlice(
                of: "shop/db",
                [fixtureEndpoint("10.42.0.1")],
                ports: [EndpointPort(name: "dns", transport: .udp, port: 53), EndpointPort(name: "dns-tcp", port: 53)]
            )
        ],
        asked: ["db.shop.svc", "_dns._udp.db.shop.svc", "_dns-tcp._tcp.db.shop.svc"].map {
            Asked(
                $0,
                .srv,
                ["SRV 0 \($0.hasPrefix("_") ? 100 : 50) 53 10-42-0-1.db.shop.svc.Z"],
                additionals: ["10-42-0-1.db.shop.svc.Z A 10.42.0.1"]
            )
        }
    )

    static let withoutPorts = Shape(
        situation: "without ports there are addresses only",
        slices: [fixtureSlice(of: "shop/db", [fixtureEndpoint("10.42.0.1")])],
        asked: [Asked("db.shop.svc", .a, ["A 10.42.0.1"])] + Asked.noData("db.shop.svc", .srv)
    )

    static let unlabelled = Shape(
        situation: "a slice without a label belongs to no service",
        slices: [
            {
                var slice = fixtureSlice(of: "shop/db", [fixtureEndpoint("10.42.0.1")])
                slice.metadata.labels = [:]
                return slice
            }()
        ],
        asked: Asked.noName("db.shop.svc", .a)
            + Asked.noName("1.0.42.10.in-addr.arpa.", .ptr, apex: "42.10.in-addr.arpa.")
    )

    static let names = Shape(
        situation: "slices of addresses that are names are not read",
        slices: [
            EndpointSlice(
                metadata: unlabelled.slices[0].metadata,
                family: nil,
                endpoints: [fixtureEndpoint("10.42.0.1")]
            )
        ],
        asked: Asked.noName("db.shop.svc", .a)
    )

    static let capitals = Shape(
        situation: "a hostname in capitals is found, one that is no label is not used",
        slices: [
            fixtureSlice(
                of: "shop/db",
                [
                    fixtureEndpoint("10.42.0.1", host: "DB-0"), fixtureEndpoint("10.42.0.2", host: ""),
                    fixtureEndpoint("10.42.0.3", host: String(repeating: "x", count: 64)),
                ]
            )
        ],
        asked: [
            Asked("Db-0.dB.shop.SVC", .a, ["A 10.42.0.1"]), Asked("10-42-0-2.db.shop.svc", .a, ["A 10.42.0.2"]),
            Asked("10-42-0-3.db.shop.svc", .a, ["A 10.42.0.3"]),
        ]
    )

    static let clusterIP = Shape(
        situation: "a service with addresses tells its own ports, and has endpoint names all the same",
        slices: [
            fixtureSlice(
                of: "shop/db",
                [fixtureEndpoint("10.42.0.1"), fixtureEndpoint("10.42.0.2", host: "x")],
                ports: http
            )
        ],
        asked: [
            Asked("db.shop.svc", .a, ["A 10.43.0.5"]), Asked("10-42-0-1.db.shop.svc", .a, ["A 10.42.0.1"]),
            Asked("x.db.shop.svc", .a, ["A 10.42.0.2"]),
            Asked(
                "_web._tcp.db.shop.svc",
                .srv,
                ["SRV 0 100 80 db.shop.svc.Z"],
                additionals: ["db.shop.svc.Z A 10.43.0.5"]
            ),
        ] + Asked.noName("_http._tcp.db.shop.svc", .srv),
        service: fixtureService("shop/db", ["10.43.0.5"], ports: [ServicePort(name: "web", port: 80)])
    )

    static let unallocated = Shape(
        situation: "a service whose address is not allocated yet exists",
        slices: [],
        asked: Asked.noData("db.shop.svc", .a, .aaaa, .srv) + Asked.noData("_web._tcp.db.shop.svc", .srv),
        service: {
            var service = fixtureService("shop/db", [], ports: [ServicePort(name: "web", port: 80)])
            service.isHeadless = false
            return service
        }()
    )

    @Test(arguments: [
        families, duplicates, sharedName, portsDiffer, oneNumber, withoutPorts, unlabelled, names, capitals, clusterIP,
        unallocated,
    ])
    func `a shape of slices`(shape: Shape) throws {
        let table = TestCluster([.service(shape.service)] + shape.slices.map { .endpointSlice($0) }).table
        for asked in shape.asked { try asked.check(against: table) }
    }

    @Test(arguments: [(1, 100), (2, 50), (3, 33), (6, 16), (7, 14), (100, 1), (101, 1)])
    func `weights are equal shares of a hundred, rounded down`(count: Int, weight: Int) throws {
        let endpoints = (0..<count).map { fixtureEndpoint("10.42.\($0 / 250).\($0 % 250 + 1)") }
        let table = TestCluster([
            .service(fixtureService("shop/db", [])),
            .endpointSlice(fixtureSlice(of: "shop/db", endpoints, ports: Self.http)),
        ]).table
        let answers = try table.ask("_http._tcp.db.shop.svc", .srv).answers
        #expect(answers.count == count)
        #expect(answers.allSatisfy { $0.hasPrefix("SRV 0 \(weight) 8080 ") })
    }

    @Test func `rotation lets each address come first in turn`() throws {
        let endpoints = (1...3).map { fixtureEndpoint("10.42.0.\($0)") }
        let table = TestCluster([
            .service(fixtureService("shop/db", [])),
            .endpointSlice(fixtureSlice(of: "shop/db", endpoints, ports: Self.http)),
        ]).table
        let orders = try (0..<4).map { try table.ask("db.shop.svc", .a, rotation: $0).answers.map { $0.suffix(1) } }
        #expect(orders == [["1", "2", "3"], ["2", "3", "1"], ["3", "1", "2"], ["1", "2", "3"]])
        let targets = try (0..<3).map { try table.ask("db.shop.svc", .srv, rotation: $0).answers[0] }
        #expect(Set(targets).count == 3)
        #expect(try table.ask("db.shop.svc", .a, rotation: .max).answers.count == 3)
    }
}
