import LinuxSystem
import PodNetworkAudit
import Testing

/// What keeps the plugin on a node.
struct PluginUseTests {
    private let record = """
        {"containerID":"abc","ifname":"eth0","network":"cbr0","pod":"default/web","addresses":["10.42.1.2"],
         "portMappings":[{"hostPort":8080,"containerPort":80,"protocol":"tcp"}]}
        """

    private func use(_ files: [String: String]) throws -> PluginUse {
        let folder = "/tmp/linnet-use-\(ProcessFacts.processID)-\(UInt64.random(in: 0...UInt64.max))"
        for name in ["addresses", "ports"] { try Files.createDirectory("\(folder)/\(name)") }
        defer {
            for name in ["addresses", "ports"] {
                for file in (try? Files.list("\(folder)/\(name)")) ?? [] {
                    try? Files.remove("\(folder)/\(name)/\(file)")
                }
                try? Files.removeDirectory("\(folder)/\(name)")
            }
            try? Files.removeDirectory(folder)
        }
        for (name, text) in files { try Files.create("\(folder)/\(name)", with: text) }
        var use = try PluginUse.read(addresses: "\(folder)/addresses", hostPorts: "\(folder)/ports")
        use.reservations = use.reservations.map { String($0.dropFirst(folder.count + 1)) }
        return use
    }

    @Test func `addresses and records count, and nothing else`() throws {
        #expect(try use(["addresses/lock": "", "addresses/last_reserved_ip.0": "10.42.1.2", "ports/lock": ""]).isEmpty)
        let address = try use(["addresses/fd00::2": "abc\r\neth0"])
        #expect(address.reservations == ["addresses/fd00::2"])
        #expect(!address.isEmpty)
        let ports = try use(["ports/abc:eth0": record])
        #expect(ports.holders.map(\.name) == ["default/web (container abc)"])
        #expect(!ports.isEmpty)
    }

    @Test func `a directory that is missing holds nothing, and one that cannot be read is an error`() throws {
        #expect(try PluginUse.read(addresses: "/nonexistent/a", hostPorts: "/nonexistent/b").isEmpty)
        let error = #expect(throws: SystemCallError.self) {
            try PluginUse.read(addresses: "/proc/self/status", hostPorts: "/nonexistent/b")
        }
        #expect(error?.errno == .notDirectory)
    }
}
