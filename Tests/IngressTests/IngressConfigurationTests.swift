import Ingress
import Testing

@Suite struct IngressConfigurationTests {
    @Test func `a fresh configuration serves the usual ports and writes the status of its own class`() {
        let configuration = IngressConfiguration()
        #expect(configuration.httpPort == 80 && configuration.httpsPort == 443)
        #expect(configuration.statusClasses == ["linnet"])
    }
}
