import Foundation
import Testing

extension Nodes {
    /// What the manual of the ingress shows is tried by a machine of the LAN, 192.168.77.254.
    @Suite struct IngressManualTests {
        /// A question, and the status with where it leads, if anywhere.
        private static let rows: [(url: String, answer: String)] = [
            // The first middleware has a say before the second one.
            ("http://shop.example.org/cart?id=7", "301 https://shop.example.org/cart?id=7"),
            // Who asks is in none of the office's networks.
            ("https://shop.example.org/cart", "403"),
            ("https://shop.example.org/api/x", "403"),
            ("http://www.shop.example.org/", "404"),
            ("https://example.org/", "404"),
        ]

        @Test func `the example of the manual does what the manual says`() async throws {
            let manual = Programs.repository.appendingPathComponent("Sources/Ingress/README.md")
            let text = try String(contentsOf: manual, encoding: .utf8)
            let example = try #require(text.firstMatch(of: #/```yaml\n([^`]*)```/#)).1
            try await Cluster.with([.north]) { cluster, nodes in
                try cluster.write(String(example), to: "ingress.yaml")
                _ = try await cluster.start(nodes[0])
                for row in Self.rows {
                    try await eventually("\(row.url) is answered", shows: row.answer) {
                        try await ask(row.url, in: cluster.lanNamespace)
                    }
                }
            }
        }

        private func ask(_ url: String, in namespace: String) async throws -> String {
            let host = try #require(URL(string: url)?.host)
            let places = [80, 443].flatMap { ["--resolve", "\(host):\($0):192.168.77.1"] }
            let words = ["curl", "-sk", "-m", "3", "-o", "/dev/null", "-w", "%{http_code} %{redirect_url}"]
            let result = try await Tool.run(["ip", "netns", "exec", namespace] + words + places + [url])
            return result.output.trimmingCharacters(in: .whitespaces)
        }
    }
}
