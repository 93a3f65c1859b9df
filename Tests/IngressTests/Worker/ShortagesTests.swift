import Testing

@testable import Ingress

@Suite struct ShortagesTests {
    @Test(
        "what is short is told once, with how often",
        arguments: [
            ([], nil),
            ([.share], "clients refused: 1, since their address has a quarter of the connections"),
            (
                [.endpoints, .places, .endpoints, .clients, .clients],
                """
                clients refused: 1, since requests are under way on all connections that there may be; \
                clients wait, since no descriptor is left: raise LimitNOFILE; \
                requests answered with 503: 2, since no connection is left of those that LimitNOFILE allows: raise it
                """
            ),
        ] as [([Shortages.Kind], String?)]
    )
    func told(_ kinds: [Shortages.Kind], _ text: String?) {
        let shortages = Shortages()
        for kind in kinds { shortages.note(kind) }
        #expect(shortages.take() == text)
        #expect(shortages.take() == nil)
    }
}
