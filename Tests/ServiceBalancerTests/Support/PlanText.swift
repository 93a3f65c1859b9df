import NetworkTypes
import ServiceBalancer

extension BalancerPlan {
    /// A line for each frontend, by service: `10.43.0.80:80/tcp > 10.42.1.5:8080 10.42.2.5:8080`.
    ///
    /// Where pods and the node come to something else, that follows: `node:30080/tcp > drop, inside 10.42.2.5:8080`.
    /// Sources that are listed end the line: `from 203.0.113.0/24`.
    var lines: [String] {
        granted.sorted { $0.key < $1.key }.flatMap { service in service.value.flatMap(\.lines) }
    }

    /// A line for each frontend that is refused: `shop/web node:80/tcp: shop/older`.
    var refusalLines: [String] {
        refusals.map { refusal in
            switch refusal.reason {
            case .service(let other): "\(refusal.name) \(refusal.frontend.rowText): \(other)"
            case .host(let holder): "\(refusal.name) \(refusal.frontend.rowText): \(holder)"
            case .address: "\(refusal.name) \(refusal.frontend.rowText): no address of services"
            }
        }
    }
}

extension PortPlan {
    var lines: [String] {
        frontends.map { frontend in
            let (outside, inside) = (text(frontend.outside), text(frontend.inside))
            let sources = frontend.sources.map { " from " + $0.map(\.rowText).joined(separator: " ") } ?? ""
            return "\(frontend.key.rowText) > \(outside)\(inside == outside ? "" : ", inside \(inside)")\(sources)"
        }
    }

    private func text(_ fate: Frontend.Fate) -> String {
        switch fate {
        case .cluster, .local: backends(fate).rowText
        case .drop: "drop"
        case .reject: "reject"
        }
    }
}

extension [Backend] {
    /// `10.42.1.5:8080 10.42.2.5:8080`
    var rowText: String { map { "\($0.address.rowText):\($0.port)" }.joined(separator: " ") }
}

extension FrontendKey {
    /// As its description, without brackets.
    var rowText: String {
        switch place {
        case .address(let address): "\(address.rowText):\(port)/\(transport)"
        case .node: "node:\(port)/\(transport)"
        }
    }
}
