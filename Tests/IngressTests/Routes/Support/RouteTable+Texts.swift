import ClusterState
import Ingress
import Testing

extension RouteTable {
    /// Who answers `http://HOST/PATH` or `https://HOST/PATH`: the name of a service, or the status. Whatever it is, the
    /// explanation has to say the same.
    func answer(_ url: String) -> String {
        let isSecure = url.hasPrefix("https://")
        let rest = url.split(separator: "://", maxSplits: 1).last.map(String.init) ?? ""
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let (host, path) = (Array(rest[..<slash].utf8), Array(rest[slash...].utf8))
        let route = route(host: host.span, path: path.span, over: isSecure ? .websecure : .web)
        let explanation = explain(
            scheme: isSecure ? "https" : "http",
            host: String(rest[..<slash]),
            path: String(rest[slash...])
        )
        #expect(explanation.rule?.ingress == route?.ingress, "\(explanation)")
        #expect(explanation.rule?.host == route?.host, "\(explanation)")
        #expect(explanation.rule?.path == route?.path, "\(explanation)")
        #expect(explanation.rule?.match == route?.match, "\(explanation)")
        #expect(explanation.outcome == route?.outcome, "\(explanation)")
        switch route?.outcome {
        case .backend(let backend): return backend.service.name
        case .unavailable: return "503"
        case nil: return "404"
        }
    }

    /// What is said of all Ingresses, in order.
    var said: [String] {
        reports.values.sorted { $0.ingress < $1.ingress }.flatMap { report in
            report.notes.map { "\(report.ingress.name): \($0.reason.rawValue): \($0)" }
        }
    }
}

/// Who answers requests to a cluster.
struct RouteRow: Sendable, CustomTestStringConvertible {
    let name: String
    let cluster: RouteCluster
    /// `URL > ANSWER`
    let requests: [String]

    init(_ name: String, _ cluster: RouteCluster, _ requests: String...) {
        self.name = name
        self.cluster = cluster
        self.requests = requests
    }

    init(_ name: String, _ describe: (inout RouteCluster) -> Void, _ requests: String...) {
        self.name = name
        cluster = RouteCluster(describe)
        self.requests = requests
    }

    var testDescription: String { name }

    func check() {
        let table = cluster.table
        for request in requests {
            let parts = request.split(separator: " > ").map(String.init)
            #expect(table.answer(parts[0]) == parts[1], "\(parts[0])")
        }
    }
}
