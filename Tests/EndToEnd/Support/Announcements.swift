import Testing

/// What the kernel announces about Linnet's objects while something happens.
enum Announcements {
    /// Lines of `ip monitor all`, `bridge monitor fdb` and `nft monitor`. Markers before and after show that the monitors
    /// were listening in between.
    static func during(on node: Node, _ body: () async throws -> Void) async throws -> [String] {
        let monitors = try [
            Monitor(["ip", "-o", "monitor", "all"], on: node),
            Monitor(["bridge", "monitor", "fdb"], on: node),
            Monitor(["nft", "monitor"], on: node),
        ]
        defer { for monitor in monitors { monitor.stop() } }
        try await eventually("the monitors listen") {
            try await mark(node)
            return monitors.allSatisfy { $0.text.contains(marker) }
        }
        let before = monitors.map(\.text.count)
        try await body()
        try await eventually("the marker shows") {
            try await mark(node)
            return zip(monitors, before).allSatisfy { $0.text.dropFirst($1).contains(marker) }
        }
        return zip(monitors, before).flatMap { monitor, count in
            monitor.text.dropFirst(count).split(separator: "\n").map(String.init).filter(isOurs)
        }
    }

    private static let marker = "marker"
    private static let words = [
        "flannel", "cni0", "veth", "proto 76", "inet linnet", " all forwarding", " all rp_filter", "10.42.", "fd00:42:",
    ]

    /// Said again and again for as long as cluster DNS answers: all of it, and nothing else.
    private static let renewals = ["add", "delete"].map { "\($0) element inet linnet dns-answering-v" }

    private static func isOurs(_ line: String) -> Bool {
        !line.contains(marker) && !renewals.contains { line.hasPrefix($0) } && words.contains { line.contains($0) }
    }

    /// Makes and removes a link with its forwarding entry, and a table, that are nobody's.
    private static func mark(_ node: Node) async throws {
        try await node.run("ip", "link", "add", marker, "type", "bridge")
        try await node.run("ip", "link", "delete", marker)
        try await node.run("nft", "add", "table", "inet", marker)
        try await node.run("nft", "delete", "table", "inet", marker)
    }
}
