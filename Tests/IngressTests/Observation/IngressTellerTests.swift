import ClusterState
import Logging
import Testing

@testable import Ingress

/// Events of Ingresses and of the Secrets that they name.
@Suite struct IngressTellerTests {
    private let outbox = LocalOutbox()
    private var events: [String] {
        outbox.contents.events.map { "\($0.severity.rawValue) \($0.reason) \($0.object.namespacedName)" }
    }

    @Test func `what is to be said is told once for as long as it lasts`() async {
        let teller = IngressTeller(outbox: outbox, logger: Logger(label: "test"))
        let good = RouteCluster("Prefix x.example/ > web").table
        let bad = RouteCluster("Prefix x.example/ > missing").table
        await teller.tell(good, [])
        #expect(events == [])
        await teller.tell(bad, [])
        await teller.tell(bad, [])
        #expect(events == ["Warning BackendUnavailable shop/web"])
        await teller.tell(good, [])
        await teller.tell(bad, [])
        #expect(events.count == 2)
    }

    @Test func `a Secret that cannot be used has an event of its own`() async {
        let teller = IngressTeller(outbox: outbox, logger: Logger(label: "test"))
        let secret = NamespacedName(namespace: "shop", name: "tls")
        let complaint = CertificateComplaint(secret: secret, problem: .notItsKey, keepsFormer: true)
        await teller.tell(RouteCluster().table, [complaint])
        #expect(events == ["Warning CertificateUnavailable shop/tls"])
        #expect(outbox.contents.events.first?.message.contains("is not the key") == true)
    }
}
