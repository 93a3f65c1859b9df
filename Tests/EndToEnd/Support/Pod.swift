import Foundation

/// A pod: a network namespace that the real plugin attaches to a node.
struct Pod: Sendable {
    let node: Node
    let name: String
    let namespace: String
    /// Ports of the node over TCP, each with the pod's.
    var portMappings: [(Int, Int)] = []
    /// The list of plugins that its runtime remembers; nil if it reads the node's at each call.
    var rememberedList: Data?

    /// Calls the plugin as a container runtime does: once per entry of the list, with the result so far.
    ///
    /// - Parameter wrapper: a command that runs the plugin.
    func callPlugin(
        _ command: String,
        arguments: String = "",
        through wrapper: [String] = []
    ) async throws -> ToolResult {
        let text = try rememberedList ?? Data(contentsOf: node.conflist)
        let list = try JSONSerialization.jsonObject(with: text) as? [String: Any] ?? [:]
        var result = ToolResult(status: 0, output: "", errors: "")
        for plugin in list["plugins"] as? [[String: Any]] ?? [] {
            var configuration = plugin
            configuration["capabilities"] = nil
            if !portMappings.isEmpty {
                configuration["runtimeConfig"] = [
                    "portMappings": portMappings.map { ["hostPort": $0, "containerPort": $1, "protocol": "tcp"] }
                ]
            }
            configuration["cniVersion"] = list["cniVersion"]
            configuration["name"] = list["name"]
            if !result.output.isEmpty {
                configuration["prevResult"] = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            }
            let input = String(decoding: try JSONSerialization.data(withJSONObject: configuration), as: UTF8.self)
            let program = node.home.appendingPathComponent("bin/\(plugin["type"] as? String ?? "")").path
            result = try await Tool.run(
                ["ip", "netns", "exec", node.namespace] + wrapper + [program],
                input: input,
                environment: environment(command, arguments)
            )
            guard result.succeeded else { return result }
        }
        return result
    }

    private func environment(_ command: String, _ arguments: String) -> [String: String] {
        [
            "CNI_COMMAND": command, "CNI_CONTAINERID": name, "CNI_NETNS": "/run/netns/\(namespace)",
            "CNI_IFNAME": "eth0", "CNI_PATH": node.home.appendingPathComponent("bin").path,
            "CNI_ARGS": "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=\(name)\(arguments)",
        ]
    }

    /// Takes the pod off the node and removes its namespace.
    func detach() async throws {
        let result = try await callPlugin("DEL")
        guard result.succeeded else { throw ToolFailure(command: ["linnet-cni", "DEL", name], result: result) }
        try await Tool.output(["ip", "netns", "delete", namespace])
    }

    /// Its global address of a family, "-4" or "-6".
    func address(_ family: String) async throws -> String {
        let text = try await Tool.output([
            "ip", "-n", namespace, "-o", family, "address", "show", "dev", "eth0", "scope", "global",
        ])
        let words = text.split(separator: " ").map(String.init)
        guard let index = words.firstIndex(where: { $0 == "inet" || $0 == "inet6" }), index + 1 < words.count else {
            throw NeverHappened(condition: "\(name) has an address of \(family)", limit: .zero, last: text)
        }
        return String(words[index + 1].prefix { $0 != "/" })
    }

    /// Runs a program in the pod to its end.
    func run(_ command: [String]) async throws -> ToolResult {
        try await Tool.run(["ip", "netns", "exec", namespace] + command)
    }

    /// One echo request, answered within two seconds.
    func reaches(_ address: String) async throws -> Bool {
        try await Tool.run(["ip", "netns", "exec", namespace, "ping", "-c", "1", "-W", "2", address]).succeeded
    }
}
