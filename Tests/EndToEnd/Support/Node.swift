import Foundation

/// A node: a network namespace on the LAN, with the agent's folders of its own.
struct Node: Sendable {
    let specification: NodeSpecification
    let namespace: String
    /// State, run and CNI folders, and the log.
    let home: URL
    let manifests: URL

    var name: String { specification.name }
    var log: URL { home.appendingPathComponent("log") }
    var logText: String { (try? Data(contentsOf: log)).map { String(decoding: $0, as: UTF8.self) } ?? "" }
    var conflist: URL { home.appendingPathComponent("net.d/10-linnet.conflist") }
    var configuration: URL { home.appendingPathComponent("config.yaml") }
    var state: URL { home.appendingPathComponent("state") }
    var runtime: URL { home.appendingPathComponent("run") }
    var subnetFile: URL { home.appendingPathComponent("subnet.env") }

    /// What several agents on one file system need to tell each other apart, and dual stack.
    var flags: [String] {
        [
            "--node-name", name, "--state-dir", state.path, "--run-dir", runtime.path,
            "--subnet-file", subnetFile.path, "--cni-conf-dir", home.appendingPathComponent("net.d").path,
            "--cni-bin-dir", home.appendingPathComponent("bin").path,
            "--cni-state-dir", home.appendingPathComponent("networks").path,
            "--config", configuration.path, "--flannel-ipv6-masq", "--log-format", "text",
        ] + (specification.isToldLogLevel ? ["--log-level", "debug"] : [])
            + (specification.etcd ?? ["--manifests", manifests.path])
            + (specification.isToldNetworks ? Self.networks : [])
    }

    private static let networks = [
        "--cluster-cidr", "10.42.0.0/16,fd00:42::/56", "--service-cidr", "10.43.0.0/16,fd00:43::/112",
    ]

    // MARK: The agent

    /// Starts the agent and returns at once.
    func launch(
        _ extra: [String] = [],
        environment: [String: String] = [:],
        through wrapper: [String] = [],
        program: String = Programs.linnet
    ) throws -> Agent {
        try Agent(
            in: namespace,
            command: wrapper + [program, "run"] + flags + extra,
            environment: environment,
            log: log
        )
    }

    /// Starts the agent and waits until its overlay is ready, which is when it writes the CNI configuration.
    func start(_ extra: [String] = [], through wrapper: [String] = []) async throws -> Agent {
        try? FileManager.default.removeItem(at: conflist)
        let agent = try launch(extra, through: wrapper)
        do {
            try await eventually("\(name) is ready", within: .seconds(20)) {
                FileManager.default.fileExists(atPath: conflist.path) || agent.exitStatus != nil
            }
        } catch {
            // Nobody else knows of it.
            agent.signal(SIGKILL)
            throw error
        }
        guard agent.exitStatus == nil else { throw AgentEnded(node: name, log: logText) }
        return agent
    }

    /// `linnet VERB` with the flags of this node, inside it.
    func linnet(_ verb: String, _ extra: [String] = [], environment: [String: String] = [:]) async throws -> ToolResult
    {
        try await Tool.run(
            ["ip", "netns", "exec", namespace, Programs.linnet, verb] + flags + extra,
            environment: environment
        )
    }

    /// What `linnet status --json` says, or empty text while nobody answers.
    func statusText() async throws -> String { try await linnet("status", ["--json"]).output }

    /// What status says of one capability; nil while nobody answers.
    func state(of capability: String) async throws -> String? {
        let status = try? JSONSerialization.jsonObject(with: Data(try await statusText().utf8)) as? [String: Any]
        let capabilities = status?["capabilities"] as? [[String: Any]]
        return capabilities?.first { $0["name"] as? String == capability }?["state"] as? String
    }

    // MARK: The kernel

    /// Runs a command inside the node and returns what it printed.
    @discardableResult
    func run(_ command: String...) async throws -> String {
        try await Tool.output(["ip", "netns", "exec", namespace] + command)
    }

    /// True if the command, given as words in one text, succeeds inside the node.
    func holds(_ command: String) async throws -> Bool {
        try await Tool.run(["ip", "netns", "exec", namespace] + command.split(separator: " ").map(String.init))
            .succeeded
    }

    /// What the command, given as words in one text, prints inside the node; empty if it fails.
    func text(_ command: String) async throws -> String {
        let result = try await Tool.run(
            ["ip", "netns", "exec", namespace] + command.split(separator: " ").map(String.init)
        )
        return result.succeeded ? result.output : ""
    }

    /// Takes away what a reboot would.
    func loseKernelState() async throws {
        for link in ["flannel.1", "flannel-v6.1", "cni0"] { try await run("ip", "link", "delete", link) }
        try await run("nft", "flush", "ruleset")
    }

    /// Runs a script in the node's folder, inside its network namespace.
    func shell(_ script: String) async throws -> ToolResult {
        try await Tool.run(["ip", "netns", "exec", namespace, "sh", "-c", "cd '\(home.path)' || exit; \(script)"])
    }

    /// The index of a link, or nil if there is none.
    func linkIndex(_ link: String) async throws -> Int? {
        let answer = try await text("ip -o link show dev \(link)")
        return Int(answer.prefix { $0.isNumber })
    }

    /// What of the overlay's own is in the kernel now. The table may be there for others.
    func overlayObjects() async throws -> [String] {
        try await ownedObjects().filter { object in
            ["link ", "route ", "chain overlay-", "set overlay-"].contains { object.hasPrefix($0) }
        }
    }

    /// Leaves in the state directory what a run leaves that has found no kube-proxy, so that the next one does not look for
    /// it for 30 seconds first.
    func rememberNoKubeProxy() throws {
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        let text = "linnet-state service-proxy 1 11 99271b6d044cd334\neverything\n"
        try Data(text.utf8).write(to: state.appendingPathComponent("service-proxy"))
    }

    /// What of Linnet's own is in the kernel now: empty after a reset.
    func ownedObjects() async throws -> [String] {
        var found: [String] = []
        for link in ["flannel.1", "flannel-v6.1", "cni0"] where try await holds("ip link show dev \(link)") {
            found.append("link \(link)")
        }
        let tables = try await text("nft list tables")
        found += tables.split(separator: "\n").filter { $0.contains(" linnet") }.map(String.init)
        let table = try await text("nft -t list table inet linnet").split(separator: "\n")
        let kinds = ["\tchain ", "\tset ", "\tmap "]
        found += table.filter { line in kinds.contains { line.hasPrefix($0) } }.map { line in
            line.dropFirst().split(separator: " ").prefix(2).joined(separator: " ")
        }
        for family in ["-4", "-6"] {
            let routes = try await text("ip \(family) route show proto 76")
            found += routes.split(separator: "\n").map { "route \($0)" }
        }
        let loopback = try await text("ip -o address show dev lo").split(separator: "\n")
        found += loopback.filter { !$0.contains(" 127.0.0.1/") && !$0.contains(" ::1/") }.map { "address \($0)" }
        return found
    }
}

/// An agent that ended instead of becoming ready.
struct AgentEnded: Error, CustomStringConvertible {
    let node: String
    let log: String
    var description: String { "the agent on \(node) ended; its log:\n\(log)" }
}
