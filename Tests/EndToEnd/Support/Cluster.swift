import Foundation
import Synchronization
import Testing

/// Nodes joined by a LAN, all of them network namespaces of this test. Everything is removed at the end, also if the
/// test throws; every node is reset first, and must then hold nothing of Linnet's.
final class Cluster: Sendable {
    private static let count = Atomic<Int>(0)

    /// Begins the names of the cluster's namespaces: linnet-e2e-<pid>-<number>.
    let identifier: String
    let folder: TemporaryFolder
    private let made = Mutex<[Node]>([])
    private let agents = Mutex<[Agent]>([])
    private let pods = Mutex<[Pod]>([])

    private init() throws {
        let number = Self.count.add(1, ordering: .relaxed).newValue
        identifier = "linnet-e2e-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
        folder = try TemporaryFolder(named: identifier)
    }

    /// The namespace in the middle, whose bridge joins the nodes.
    var lanNamespace: String { "\(identifier)-lan" }

    /// The directory that all nodes read.
    var manifests: URL { folder.url.appendingPathComponent("manifests") }

    /// Makes the LAN and the nodes, runs the test, and takes all of it down. `leaves` names the objects that a reset
    /// rightly leaves, because the test and not Linnet made them.
    static func with(
        _ specifications: [NodeSpecification] = [.north, .south],
        listed: Bool = true,
        leaves: [String] = [],
        _ body: (Cluster, [Node]) async throws -> Void
    ) async throws {
        let cluster = try Cluster()
        do {
            try await cluster.makeLAN()
            if listed { for specification in specifications { try cluster.publish(specification) } }
            for specification in specifications { try await cluster.makeNode(specification) }
            try await body(cluster, cluster.made.withLock { $0 })
        } catch {
            for node in cluster.made.withLock({ $0 }) { print("log of \(node.name):\n\(node.logText)") }
            await cluster.remove()
            throw error
        }
        await cluster.takeBack(leaving: leaves)
        await cluster.remove()
    }

    // MARK: During the test

    /// Starts the agent on a node and waits until it is ready.
    func start(_ node: Node, _ extra: [String] = [], through wrapper: [String] = []) async throws -> Agent {
        let agent = try await node.start(extra, through: wrapper)
        agents.withLock { $0.append(agent) }
        return agent
    }

    /// Starts the agent on a node, which need not become ready.
    func launch(
        _ node: Node,
        _ extra: [String] = [],
        environment: [String: String] = [:],
        through wrapper: [String] = [],
        program: String = Programs.linnet
    ) throws -> Agent {
        let agent = try node.launch(extra, environment: environment, through: wrapper, program: program)
        agents.withLock { $0.append(agent) }
        return agent
    }

    /// Makes a pod's namespace, without attaching it.
    func makePod(_ name: String, on node: Node) async throws -> Pod {
        let pod = Pod(node: node, name: name, namespace: "\(identifier)-\(name)")
        try await makeNamespace(pod.namespace)
        return pod
    }

    /// Makes a pod and attaches it with the plugin.
    func attachPod(_ name: String, on node: Node) async throws -> Pod {
        let pod = try await makePod(name, on: node)
        let result = try await pod.callPlugin("ADD")
        guard result.succeeded else { throw ToolFailure(command: ["linnet-cni", "ADD", name], result: result) }
        pods.withLock { $0.append(pod) }
        return pod
    }

    /// Writes a node's manifest as configuration tools do: beside its place, then renamed.
    func publish(_ specification: NodeSpecification) throws {
        try write(specification.manifest, to: "\(specification.name).yaml")
    }

    func write(_ text: String, to name: String) throws {
        try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: manifests.appendingPathComponent(name), options: .atomic)
    }

    func withdraw(_ specification: NodeSpecification) throws {
        try FileManager.default.removeItem(at: manifests.appendingPathComponent("\(specification.name).yaml"))
    }

    /// Takes the directory of manifests away as a whole.
    ///
    /// - Parameter file: whether a file stands in its place then.
    func moveManifests(leaving file: Bool) throws {
        try FileManager.default.moveItem(at: manifests, to: folder.url.appendingPathComponent("away"))
        if file { try Data().write(to: manifests) }
    }

    /// Puts it back.
    func returnManifests() throws {
        try? FileManager.default.removeItem(at: manifests)
        try FileManager.default.moveItem(at: folder.url.appendingPathComponent("away"), to: manifests)
    }

    /// Pulls a node's cable.
    func cutOff(_ node: Node) async throws { try await setPort(of: node, "down") }
    func reconnect(_ node: Node) async throws { try await setPort(of: node, "up") }

    private func setPort(of node: Node, _ state: String) async throws {
        try await Tool.output(["ip", "-n", lanNamespace, "link", "set", node.name, state])
    }

    // MARK: Making and removing

    private func makeNamespace(_ name: String) async throws {
        try await Tool.output(["ip", "netns", "add", name])
        try await Tool.output(["ip", "-n", name, "link", "set", "lo", "up"])
        // Without this an address is tentative for its first second.
        let sysctls = ["net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0"]
        try await Tool.output(["ip", "netns", "exec", name, "sysctl", "-qw"] + sysctls)
    }

    private func makeLAN() async throws {
        try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
        let lan = lanNamespace
        try await makeNamespace(lan)
        try await Tool.output(
            ["ip", "-n", lan, "-batch", "-"],
            input: """
                link add lan0 type bridge
                link set lan0 up
                address add 192.168.77.254/24 dev lan0
                address add fd00:77::fe/64 dev lan0 nodad

                """
        )
    }

    private func makeNode(_ specification: NodeSpecification) async throws {
        let namespace = "\(identifier)-\(specification.name)"
        let home = folder.url.appendingPathComponent(specification.name)
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        try Data("log-level: info\n".utf8).write(to: home.appendingPathComponent("config.yaml"))
        let node = Node(specification: specification, namespace: namespace, home: home, manifests: manifests)
        made.withLock { $0.append(node) }
        try await makeNamespace(namespace)
        try await Tool.output(
            ["ip", "-n", lanNamespace, "-batch", "-"],
            input: """
                link add \(specification.name) type veth peer name eth0 netns \(namespace)
                link set \(specification.name) master lan0 up

                """
        )
        let addresses = specification.addresses.map { address in
            address.contains(":") ? "address add \(address)/64 dev eth0 nodad" : "address add \(address)/24 dev eth0"
        }
        try await Tool.output(
            ["ip", "-n", namespace, "-batch", "-"],
            input: (addresses + [
                "link set eth0 up", "route add default via 192.168.77.254", "route add default via fd00:77::fe", "",
            ]).joined(separator: "\n")
        )
    }

    /// Detaches the pods, stops the agents, resets every node, and records what is left as an issue.
    private func takeBack(leaving expected: [String]) async {
        for pod in pods.withLock({ $0 }) where FileManager.default.fileExists(atPath: "/run/netns/\(pod.namespace)") {
            await #expect(throws: Never.self) { try await pod.detach() }
        }
        for agent in agents.withLock({ $0 }) where agent.exitStatus == nil {
            let status = try? await agent.stop()
            #expect(status == 0, "the agent's exit status after SIGTERM")
        }
        for node in made.withLock({ $0 }) {
            do {
                let result = try await node.linnet("reset")
                #expect(result.succeeded, "reset on \(node.name): \(result)")
                let left = try await node.ownedObjects()
                #expect(left.filter { !expected.contains($0) } == [], "left after reset on \(node.name)")
                let state = try? FileManager.default.contentsOfDirectory(atPath: node.state.path)
                #expect(state ?? [] == [], "left of the state directory after reset on \(node.name)")
            } catch {
                Issue.record(error, "reset on \(node.name)")
            }
        }
    }

    private func remove() async {
        for agent in agents.withLock({ $0 }) where agent.exitStatus == nil {
            agent.signal(SIGKILL)
            _ = try? await agent.ended(within: .seconds(5))
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? []
        for name in names where name.hasPrefix("\(identifier)-") {
            _ = try? await Tool.run(["ip", "netns", "delete", name])
        }
        folder.remove()
    }
}
