import Foundation
import HTTPPeers
import Testing

extension Nodes {
    /// Paths that are read otherwise than by default.
    @Suite struct IngressPathTests {
        private static let flags = ["--ingress-merge-slashes=false", "--ingress-allow-non-ascii-paths"]
        /// The octets above ASCII are two for each such letter.
        private static let asked = "//a/../é//x?q=ü"
        private static let meant = "//%C3%A9//x?q=%C3%BC"

        @Test func `slashes in a row stay, and what is not ASCII is escaped, whatever a client speaks`() async throws {
            try await ScriptedIngress.with(Self.flags) { ingress in
                let backend = try ingress.echo()
                defer { backend.stop() }
                let client = try ingress.client()
                client.send("GET \(Self.asked) HTTP/1.1\r\nHost: web.test\r\n\r\n")
                let request = try EchoedRequest(client.readMessage())
                #expect(request.startLine == "GET \(Self.meant) HTTP/1.1")
                for options in [["--http2-prior-knowledge", "http://web.test"], ["--http2", "https://web.test"]] {
                    let result = try await ingress.curl(["--path-as-is", options[0], options[1] + Self.asked])
                    let request = try JSONDecoder().decode(EchoedRequest.self, from: Data(result.output.utf8))
                    #expect(request.startLine == "GET \(Self.meant) HTTP/1.1")
                }
                let way = try await ingress.node.linnet("status", ["--route", "http://web.test\(Self.asked)"])
                #expect(way.output.hasPrefix("http://web.test//%C3%A9//x (entry point web)\n"), "\(way)")
            }
        }

        @Test func `by default several slashes are one, and what is not ASCII is refused`() async throws {
            try await ScriptedIngress.with { ingress in
                let backend = try ingress.echo()
                defer { backend.stop() }
                let client = try ingress.client()
                client.send("GET //a//../é HTTP/1.1\r\nHost: web.test\r\n\r\n")
                #expect(try client.readMessage().status == 400)
                let way = try await ingress.node.linnet("status", ["--route", "http://web.test//a//../é"])
                #expect(way.status == 78 && way.errors.contains("its path is malformed"), "\(way)")
                let other = try ingress.client()
                other.send("GET //a//../b HTTP/1.1\r\nHost: web.test\r\n\r\n")
                #expect(try EchoedRequest(other.readMessage()).startLine == "GET /b HTTP/1.1")
                let same = try await ingress.node.linnet("status", ["--route", "http://web.test//a//../b"])
                #expect(same.output.hasPrefix("http://web.test/b (entry point web)\n"), "\(same)")
            }
        }
    }
}
