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
            + loadBalancers.map { [$0.service, $0.addresses.isEmpty ? "none" : $0.addresses.joined(separator: ", ")] }
    }

    /// Who publishes the addresses, in a sentence.
    var publication: String {
        if let publisher { return "published by node \(publisher)" }
        return knowsOwnRefusalsOnly
            ? "published by each node for itself: of ports that are refused only this node's are known"
            : "published by nobody: no node says that its services do their job"
    }
}
