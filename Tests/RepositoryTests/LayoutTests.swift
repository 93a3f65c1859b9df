import Foundation
import Testing

/// What lies where, and that the documents are complete.
@Suite struct LayoutTests {
    /// Package.resolved is written by SwiftPM and never committed.
    @Test func `the top level holds six things beside dotfiles`() throws {
        let names = try Repository.names(in: "").filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        #expect(names == ["Docs", "Package.swift", "Packaging", "README.md", "Sources", "Tests"])
    }

    @Test func `CI calls the check and nothing else`() throws {
        let lines = try Repository.text(".ci/run").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("Packaging/check") == true)
    }

    @Test(arguments: [
        "ClusterDNS", "EtcdSource", "Ingress", "MetricsServer", "Overlay", "PodNetwork", "PodNetworkAudit",
        "ServiceBalancer",
    ])
    func `a capability has a manual`(target: String) throws {
        let manual = try Repository.text("Sources/\(target)/README.md")
        let headings = manual.split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.lowercased() }
        for wanted in ["owns", "configuration", "failure modes"] {
            #expect(headings.contains { $0.contains(wanted) }, "Sources/\(target)/README.md lacks '\(wanted)'")
        }
    }

    @Test func `decisions are numbered without gaps and say context, decision and consequences`() throws {
        let names = try Repository.names(in: "Docs/decisions").filter { $0.hasSuffix(".md") }
        #expect(!names.isEmpty)
        for (index, name) in names.enumerated() {
            #expect(Int(name.prefix(4)) == index + 1, "\(name)")
            let text = try Repository.text("Docs/decisions/\(name)")
            for heading in ["## Context", "## Decision", "## Consequences"] {
                #expect(text.contains(heading), "\(name) lacks '\(heading)'")
            }
        }
    }

    @Test(arguments: [
        "Docs/architecture.md", "Docs/life-of-a-packet.md", "Docs/life-of-a-query.md", "Docs/life-of-a-request.md",
        "Docs/changelog.md", "README.md",
    ])
    func `links between documents lead somewhere`(path: String) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        for match in try Repository.text(path).matches(of: /\]\(([^)#:]+)\)/) {
            let target = folder.isEmpty ? String(match.1) : "\(folder)/\(match.1)"
            let url = Repository.root.appendingPathComponent(target)
            #expect((try? url.checkResourceIsReachable()) == true, "\(path) links to \(match.1)")
        }
    }

    /// A target without tests is allowed only if the compiler or another suite exercises all of it.
    @Test func `every target has tests of its own`() throws {
        let exempt: Set = ["CLinux", "CMnl", "CNftnl", "CSystemd", "CYaml", "linnet", "linnet-cni"]
        let tests = Set(try Repository.names(in: "Tests"))
        let missing = try Repository.names(in: "Sources").filter {
            !exempt.contains($0) && !tests.contains("\($0)Tests")
        }
        #expect(missing == [])
    }
}
