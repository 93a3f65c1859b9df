import Ingress
import Testing

/// Where Traefik would send requests elsewhere.
struct PrecedenceNoteTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Whether something is said of the Ingress `l`.
        let isSaid: Bool
        let cluster: RouteCluster

        init(_ name: String, _ isSaid: Bool, describe: (inout RouteCluster) -> Void) {
            testDescription = name
            self.isSaid = isSaid
            cluster = RouteCluster(describe)
        }
    }

    @Test(arguments: rows)
    func `precedence`(row: Row) {
        let said = row.cluster.table.said
        #expect(said.filter { $0.hasPrefix("l: PrecedenceDiffers") }.count == (row.isSaid ? 1 : 0), "\(said)")
        #expect(said.allSatisfy { $0.hasPrefix("l: PrecedenceDiffers") })
    }

    private static let long = "/a/path/that/is/longer/than/host/and/path"

    static let rows: [Row] = [
        Row("a long path for all hosts", true) {
            $0.add("s", ["Prefix x.example/ > a"])
            $0.add("l", ["Prefix \(long) > b"])
        },
        Row("a short path for all hosts", false) {
            $0.add("s", ["Prefix x.example/ > a"])
            $0.add("l", ["Prefix /api > b"])
        },
        Row("a long path for all hosts, and another path of a host", false) {
            $0.add("s", ["Prefix x.example/b > a"])
            $0.add("l", ["Prefix \(long) > b"])
        },
        Row("a long path for all hosts, and an exact path of a host", false) {
            $0.add("s", ["Exact x.example/a > a"])
            $0.add("l", ["Prefix \(long) > b"])
        },
        Row("a long exact path for all hosts", true) {
            $0.add("s", ["Prefix x.example/a > a"])
            $0.add("l", ["Exact \(long) > b"])
        },
        Row("the same backend", false) {
            $0.add("s", ["Prefix x.example/ > a"])
            $0.add("l", ["Prefix \(long) > a"])
        },
        Row("other entry points", false) {
            $0.add("s", ["Prefix x.example/ > a"], ["router.entrypoints": "web"])
            $0.add("l", ["Prefix \(long) > b"], ["router.entrypoints": "websecure"])
        },
        Row("a wildcard", true) {
            $0.add("s", ["Prefix x.example/ > a"])
            $0.add("l", ["Prefix *.example/ > b"])
        },
        Row("a wildcard of other hosts", false) {
            $0.add("s", ["Prefix x.example/ > a"])
            $0.add("l", ["Prefix *.other/ > b"])
        },
        Row("a long path for all hosts, and a wildcard", true) {
            $0.add("s", ["Prefix *.example/ > a"])
            $0.add("l", ["Prefix \(long)/and/more > b"])
        },
        Row("within a host", false) {
            $0.add("s", ["Exact x.example/a > a"])
            $0.add("l", ["Prefix x.example/ > b"])
        },
        Row("within a host with a priority", true) {
            $0.add("s", ["Prefix x.example/a > a"])
            $0.add("l", ["Prefix x.example/ > b"], ["router.priority": "1000"])
        },
        Row("within a host, the other one with a low priority", true) {
            $0.add("s", ["Prefix x.example/a > a"], ["router.priority": "1"])
            $0.add("l", ["Prefix x.example/ > b"])
        },
        Row("within a host with a priority that changes nothing", false) {
            $0.add("s", ["Prefix x.example/a > a"])
            $0.add("l", ["Prefix x.example/ > b"], ["router.priority": "1"])
        },
        Row("default backends", false) {
            $0.add("s", ["Prefix x.example/a > a"], backend: "z")
            $0.add("l", backend: "y")
        },
    ]
}
