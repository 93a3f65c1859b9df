extension StatusReport {
    /// What is told of services.
    package struct Services: Codable, Sendable, Equatable {
        package var loadBalancers: [LoadBalancer]
        /// The node that publishes their addresses; nil if each node does it for itself, or none can.
        package var publisher: String?
        /// Whether this node knows of no other one which ports are refused there.
        package var knowsOwnRefusalsOnly: Bool
        /// What services want of this node and do not have, and who has it.
        package var refusals: [String]
        /// What happened to them lately, the newest last.
        package var events: [String]

        package init(
            loadBalancers: [LoadBalancer],
            publisher: String?,
            knowsOwnRefusalsOnly: Bool,
            refusals: [String],
            events: [String]
        ) {
            self.loadBalancers = loadBalancers
            self.publisher = publisher
            self.knowsOwnRefusalsOnly = knowsOwnRefusalsOnly
            self.refusals = refusals
            self.events = events
        }
    }

    /// A service of type LoadBalancer that is ours.
    package struct LoadBalancer: Codable, Sendable, Equatable {
        /// `NAMESPACE/NAME`
        package var service: String
        /// Those that it is published with; empty if no node has its ports.
        package var addresses: [String]

        package init(service: String, addresses: [String]) {
            self.service = service
            self.addresses = addresses
        }
    }
}

extension StatusReport.Services {
    var loadBalancerRows: [[String]] {
        [["LOAD BALANCER", "ADDRESSES"]]
            + loadBalancers.prefix(StatusReport.shown).map { balancer in
                [balancer.service, StatusReport.addresses(balancer.addresses)]
            }
    }

    /// How many load balancers are not shown; nil if all are.
    var furtherLoadBalancers: String? {
        guard let rest = StatusReport.rest(of: loadBalancers.count) else { return nil }
        let unaddressed = loadBalancers.dropFirst(StatusReport.shown).count { $0.addresses.isEmpty }
        return rest + ", \(unaddressed) of them without an address"
    }

    var shownRefusals: [String] { StatusReport.first(refusals) }

    /// Who publishes the addresses, in a sentence.
    var publication: String {
        let byEach = "published by each node for itself: of ports that are refused only this node's are known"
        return StatusReport.publication(
            by: publisher,
            byEach: knowsOwnRefusalsOnly ? byEach : nil,
            whose: "its services do their job"
        )
    }
}

extension StatusReport {
    /// Who publishes addresses, in a sentence.
    ///
    /// - Parameters:
    ///   - byEach: the sentence where each node does it for itself; nil if one does it for all.
    ///   - parts: what no node says of itself if none can.
    static func publication(by publisher: String?, byEach: String?, whose parts: String) -> String {
        if let publisher { return "published by node \(publisher)" }
        return byEach ?? "published by nobody: no node says that \(parts)"
    }

    static func addresses(_ addresses: [String]) -> String {
        addresses.isEmpty ? "none" : addresses.joined(separator: ", ")
    }
}
