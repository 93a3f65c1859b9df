import Ingress
import Testing

@Suite struct IngressConfigurationTests {
    @Test func `a fresh configuration serves both classes and writes the status of its own`() {
        let configuration = IngressConfiguration()
        #expect(configuration.classes == ["linnet", "traefik"])
        #expect(configuration.statusClasses == ["linnet"])
    }
}
