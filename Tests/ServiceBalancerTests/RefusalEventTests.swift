import ClusterFixtures
import ClusterState
import NetworkTypes
import ServiceBalancer
import Testing

@Suite struct RefusalEventTests {
    private static let web = ServicePortName(
        service: NamespacedName(namespace: "default", name: "web"),
        port: "http",
        transport: .tcp
    )
    private static let other = ServicePortName(
        service: NamespacedName(namespace: "default", name: "other"),
        port: "",
        transport: .tcp
    )

    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        var before: [FrontendRefusal] = []
        var now: [FrontendRefusal] = []
        let events: [String]

        var testDescription: String { situation }
    }

    private static func refusal(_ family: AddressFamily, _ reason: FrontendRefusal.Reason) -> FrontendRefusal {
        FrontendRefusal(name: web, frontend: FrontendKey(.node(family), .tcp, 80), reason: reason)
    }

    private static let held = refusal(.ipv4, .host(.program("process 7 (apache2, user 0)")))
    private static let heldAgain = refusal(.ipv4, .host(.program("process 8 (apache2, user 0)")))
    private static let heldIPv6 = refusal(.ipv6, .host(.program("process 7 (apache2, user 0)")))
    private static let conflict = refusal(.ipv4, .service(other))

    private static let heldEvent =
        "Warning PortHeld: node:80/tcp that default/web:http wants is held by process 7 (apache2, user 0), on node node-1"
    private static let freeEvent = "Normal PortFree: node:80/tcp is free for default/web:http on node node-1"
    private static let conflictEvent =
        "Warning FrontendConflict: node:80/tcp that default/web:http wants is held by default/other, on node node-1"

    static let rows: [Row] = [
        Row(situation: "a port is held", now: [held], events: [heldEvent]),
        Row(situation: "a port is held in both families", now: [held, heldIPv6], events: [heldEvent]),
        Row(situation: "nothing new", before: [held], now: [held], events: []),
        Row(situation: "the program was restarted", before: [held], now: [heldAgain], events: []),
        Row(situation: "the port is free", before: [held], events: [freeEvent]),
        Row(
            situation: "another service has it now",
            before: [held],
            now: [conflict],
            events: [conflictEvent, freeEvent]
        ),
    ]

    @Test(arguments: rows) func `a refusal that begins or ends is an event`(row: Row) {
        let events = FrontendRefusal.events(before: row.before, now: row.now, node: nodeName("node-1"))
        #expect(events.map { "\($0.severity.rawValue) \($0.reason): \($0.message)" } == row.events)
        #expect(events.allSatisfy { $0.object == ObjectKey(.service, Self.web.service) })
    }
}
