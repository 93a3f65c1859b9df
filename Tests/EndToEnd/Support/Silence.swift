import Testing

/// Expects that the kernel announces nothing of Linnet's while `body` runs. Markers before and after show that the
/// monitors were listening in between.
func expectSilence(of node: Node, while body: () async throws -> Void) async throws {
    let monitors = try [
        Monitor(["ip", "monitor", "link", "address", "route", "neigh"], on: node),
        Monitor(["nft", "monitor"], on: node),
    ]
    defer { for monitor in monitors { monitor.stop() } }
    try await eventually("the monitors listen") {
        try await mark(node)
        return monitors.allSatisfy { $0.text.contains("marker") }
    }
    let before = monitors.map(\.text.count)
    try await body()
    try await mark(node)
    try await eventually("the marker shows") {
        zip(monitors, before).allSatisfy { $0.text.dropFirst($1).contains("marker") }
    }
    for (monitor, count) in zip(monitors, before) {
        let lines = monitor.text.dropFirst(count).split(separator: "\n")
        let ours = lines.filter { line in
            ["flannel", "cni0", "proto 76", "table inet linnet", "inet linnet "].contains { line.contains($0) }
        }
        #expect(ours == [])
    }
}

/// Makes and removes a link and a table that are nobody's.
private func mark(_ node: Node) async throws {
    try await node.run("ip", "link", "add", "marker", "type", "bridge")
    try await node.run("ip", "link", "delete", "marker")
    try await node.run("nft", "add", "table", "inet", "marker")
    try await node.run("nft", "delete", "table", "inet", "marker")
}
