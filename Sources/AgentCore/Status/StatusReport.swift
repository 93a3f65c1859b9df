/// What `linnet status` says: the whole state of one agent at one moment, as the agent sends it over its socket and as
/// `--json` prints it. Members are only ever added; times are seconds before the report was made.
package struct StatusReport: Codable, Sendable, Equatable {
    package var version: String
    package var node: String
    package var processID: Int32
    package var uptimeSeconds: Double
    package var source: Source
    package var saved: Saved?
    package var lease: Lease?
    package var capabilities: [Capability]
    package var peers: [Peer]
    package var overlay: Reconciliation?
    /// How often table `linnet` was changed by someone else and put right.
    package var rulesetRepairs: Int
    /// What table `linnet` has dropped since its rules were made, by reason; nil from agents that do not tell.
    package var drops: [Drop]?
    /// Nil if services are none of the agent's business, or from agents that do not tell.
    package var services: Services?
    /// Nil while the ingress does not run, or from agents that do not tell.
    package var ingress: Ingress?
    /// What an operator should know and no capability's health says.
    package var notices: [String]

    /// Where the cluster's state comes from.
    package struct Source: Codable, Sendable, Equatable {
        package var description: String
        package var generation: UInt64
        /// Seconds since the source last confirmed its state; nil before it first did.
        package var ageSeconds: Double?
        package var completeKinds: [String]
        /// The kinds that an earlier run saved and the source has not delivered since; nil if there are none.
        package var restoredKinds: [String]?
        /// Seconds since those were confirmed; nil also if the clock went back since.
        package var restoredAgeSeconds: Double?
        package var problems: [String]

        package init(
            description: String,
            generation: UInt64,
            ageSeconds: Double?,
            completeKinds: [String],
            restoredKinds: [String]? = nil,
            restoredAgeSeconds: Double? = nil,
            problems: [String]
        ) {
            self.description = description
            self.generation = generation
            self.ageSeconds = ageSeconds
            self.completeKinds = completeKinds
            self.restoredKinds = restoredKinds
            self.restoredAgeSeconds = restoredAgeSeconds
            self.problems = problems
        }
    }

    /// The snapshot on disk, which the next start begins with.
    package struct Saved: Codable, Sendable, Equatable {
        package var path: String
        /// Seconds since it was written; nil if there is none, or the clock went back since.
        package var ageSeconds: Double?
        /// Why it could not be written the last time.
        package var lastError: String?

        package init(path: String, ageSeconds: Double?, lastError: String?) {
            self.path = path
            self.ageSeconds = ageSeconds
            self.lastError = lastError
        }
    }

    /// What this node holds in the cluster.
    package struct Lease: Codable, Sendable, Equatable {
        package var podCIDRs: [String]
        package var publicAddresses: [String]
        package var vtepAddresses: [String]

        package init(podCIDRs: [String], publicAddresses: [String], vtepAddresses: [String]) {
            self.podCIDRs = podCIDRs
            self.publicAddresses = publicAddresses
            self.vtepAddresses = vtepAddresses
        }
    }

    /// One capability's health.
    package struct Capability: Codable, Sendable, Equatable {
        package var name: String
        /// One word: starting, ready, degraded, restarting, stuck, quarantined, stopped, disabled.
        package var state: String
        package var detail: String?
        package var lastError: String?
        /// Seconds since that was last so; nil without one, and from agents that do not tell.
        package var lastErrorAgeSeconds: Double?
        package var restarts: Int

        package init(
            name: String,
            state: String,
            detail: String?,
            lastError: String?,
            lastErrorAgeSeconds: Double? = nil,
            restarts: Int
        ) {
            self.name = name
            self.state = state
            self.detail = detail
            self.lastError = lastError
            self.lastErrorAgeSeconds = lastErrorAgeSeconds
            self.restarts = restarts
        }
    }

    /// One other node of the overlay.
    package struct Peer: Codable, Sendable, Equatable {
        package var node: String
        package var podCIDRs: [String]
        package var publicAddresses: [String]
        /// How each of its families is reached: "tunnel" or "direct", IPv4 first.
        package var ways: [String]
        /// Why traffic to it is not, or not fully, programmed.
        package var problem: String?

        package init(node: String, podCIDRs: [String], publicAddresses: [String], ways: [String], problem: String?) {
            self.node = node
            self.podCIDRs = podCIDRs
            self.publicAddresses = publicAddresses
            self.ways = ways
            self.problem = problem
        }
    }

    /// The overlay's last comparison of plan and kernel.
    package struct Reconciliation: Codable, Sendable, Equatable {
        package var lastAgeSeconds: Double?
        package var lastDurationSeconds: Double?
        package var generation: UInt64?
        package var passes: Int
        /// Kernel objects that someone else had changed or removed and that were put right.
        package var repaired: Int

        package init(
            lastAgeSeconds: Double?,
            lastDurationSeconds: Double?,
            generation: UInt64?,
            passes: Int,
            repaired: Int
        ) {
            self.lastAgeSeconds = lastAgeSeconds
            self.lastDurationSeconds = lastDurationSeconds
            self.generation = generation
            self.passes = passes
            self.repaired = repaired
        }
    }

    /// Packets that had no right to come, for one reason.
    package struct Drop: Codable, Sendable, Equatable {
        package var reason: String
        package var packets: UInt64
        package var bytes: UInt64

        package init(reason: String, packets: UInt64, bytes: UInt64) {
            self.reason = reason
            self.packets = packets
            self.bytes = bytes
        }
    }

    package init(
        version: String,
        node: String,
        processID: Int32,
        uptimeSeconds: Double,
        source: Source,
        saved: Saved? = nil,
        lease: Lease?,
        capabilities: [Capability],
        peers: [Peer],
        overlay: Reconciliation?,
        rulesetRepairs: Int,
        drops: [Drop]? = nil,
        services: Services? = nil,
        ingress: Ingress? = nil,
        notices: [String]
    ) {
        self.version = version
        self.node = node
        self.processID = processID
        self.uptimeSeconds = uptimeSeconds
        self.source = source
        self.saved = saved
        self.lease = lease
        self.capabilities = capabilities
        self.peers = peers
        self.overlay = overlay
        self.rulesetRepairs = rulesetRepairs
        self.drops = drops
        self.services = services
        self.ingress = ingress
        self.notices = notices
    }
}
