import ClusterState
import HTTPWire
import NetworkTypes
import Testing

@testable import Ingress

@Suite struct EndpointTroublesTests {
    private static func trouble(
        _ number: UInt8 = 1,
        _ failure: UpstreamFailure = .refused,
        name: String? = nil,
        scheme: BackendScheme = .http,
        of service: String = "web"
    ) -> EndpointTrouble {
        let address = IPAddress.v4(IPv4Address(10, 42, 0, number))
        return EndpointTrouble(
            service: BackendKey(service: NamespacedName(namespace: "shop", name: service), port: .name("http")),
            endpoint: BackendEndpoint(address: address, port: 8080, identity: "", name: name, scheme: scheme),
            failure: failure
        )
    }

    @Test func `a trouble says of what Service, which endpoint, why, and what can be done`() {
        #expect(
            "\(Self.trouble())" == """
                Service shop/web:http, http://10.42.0.1:8080: the endpoint refuses connections; nobody listens at that \
                port: see to the Service's targetPort, and to whether the program is up
                """
        )
        let refused = UpstreamFailure.secure(SecureFailure(untrustedFrom: 0, until: 9, at: 5))
        #expect(
            "\(Self.trouble(1, refused, name: "a.example", scheme: .https))" == """
                Service shop/web:http, https://10.42.0.1:8080 (a.example): TLS with the endpoint: the handshake \
                failed: its certificate is refused; have it show a certificate with its chain of an authority that this \
                node knows, or make its own known
                """
        )
        #expect(
            "\(Self.trouble(1, .reset))"
                == "Service shop/web:http, http://10.42.0.1:8080: the endpoint reset the connection"
        )
    }

    @Test func `what is noted is told once, however often it is`() {
        let troubles = EndpointTroubles()
        for _ in 0..<3 { troubles.note(Self.trouble()) }
        #expect(troubles.take() == [Self.trouble()])
        #expect(troubles.take().isEmpty)
    }

    @Test func `a trouble goes on until a minute has passed without it`() {
        var ledger = TroubleLedger()
        let (first, second) = (Self.trouble(1), Self.trouble(2, .reset))
        #expect(ledger.take([first], now: .zero) == ["\(first)"])
        #expect(ledger.take([second], now: .seconds(5)) == ["\(first)", "\(second)"])
        #expect(ledger.take([], now: .seconds(59)) == ["\(first)", "\(second)"])
        #expect(ledger.take([second], now: .seconds(60)) == ["\(second)"])
        #expect(ledger.take([], now: .seconds(119)) == ["\(second)"])
        #expect(ledger.take([], now: .seconds(120)).isEmpty)
        #expect(ledger.isEmpty)
    }

    @Test func `of many at once some are told, and that there are more`() {
        var ledger = TroubleLedger()
        let all = Set((1...30).map { Self.trouble(UInt8($0), of: "web-\($0 / 3)") })
        let lines = ledger.take(all, now: .zero)
        #expect(lines.count == TroubleLedger.mostLines + 1)
        #expect(lines.last == "more than these 20 do")
        #expect(ledger.take([], now: .seconds(60)).isEmpty)
    }

    @Test func `one Service with many keeps no other out`() {
        var ledger = TroubleLedger()
        let many = Set((1...30).map { Self.trouble(UInt8($0)) })
        let lines = ledger.take(many, now: .zero)
        #expect(lines.count == TroubleLedger.mostLinesOfService + 1)
        #expect(lines.last == "more than these 4 do")
        let other = Self.trouble(of: "api")
        #expect(ledger.take([other], now: .seconds(5)).suffix(2) == ["\(other)", "more than these 5 do"])
    }

    @Test func `many that are noted at once are not all kept`() {
        let troubles = EndpointTroubles()
        for code in UInt32(0)..<1_000 { troubles.note(Self.trouble(1, .goAway(.init(rawValue: code)))) }
        #expect(troubles.take().count == 256)
    }
}
