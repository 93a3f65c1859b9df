import NetworkTypes
import ServiceBalancer
import Testing

@Suite struct PortLedgerTests {
    private static let port = HeldPort(.ipv4, .tcp, 80)
    private static let server = PortHolder.program("process 7 (apache2)")

    /// A look, so many seconds after the first: who has the port, whether it is refused then, and when the next look is due.
    struct Look: Sendable {
        let at: Int
        var holder: PortHolder?
        var isWanted = true
        let isRefused: Bool
        var nextLook: Int?
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        let looks: [Look]
        var isComplaining = false

        var testDescription: String { situation }
    }

    static let rows: [Row] = [
        Row(situation: "free is given", looks: [Look(at: 0, isRefused: false)]),
        Row(situation: "held is refused", looks: [Look(at: 0, holder: server, isRefused: true, nextLook: 30)]),
        Row(
            situation: "a server that restarts has its port again",
            looks: [
                Look(at: 0, holder: server, isRefused: true, nextLook: 30),
                Look(at: 30, isRefused: true, nextLook: 40),
                Look(at: 33, holder: server, isRefused: true, nextLook: 63),
                Look(at: 41, isRefused: true, nextLook: 51),
            ]
        ),
        Row(
            situation: "a port that was seen free twice is given",
            looks: [
                Look(at: 0, holder: server, isRefused: true, nextLook: 30),
                Look(at: 30, isRefused: true, nextLook: 40),
                Look(at: 39, isRefused: true, nextLook: 40),
                Look(at: 40, isRefused: false),
            ]
        ),
        Row(
            situation: "a port that was given stays given, and is told of",
            looks: [Look(at: 0, isRefused: false), Look(at: 300, holder: server, isRefused: false)],
            isComplaining: true
        ),
        Row(
            situation: "the rival is gone",
            looks: [
                Look(at: 0, isRefused: false),
                Look(at: 300, holder: server, isRefused: false),
                Look(at: 600, isRefused: false),
            ]
        ),
        Row(
            situation: "a port that nobody wanted meanwhile is looked at afresh",
            looks: [
                Look(at: 0, isRefused: false),
                Look(at: 5, isWanted: false, isRefused: false),
                Look(at: 9, holder: server, isRefused: true, nextLook: 39),
            ]
        ),
    ]

    @Test(arguments: rows) func `a port is given or left to its holder`(row: Row) {
        let start = ContinuousClock.now
        var ledger = PortLedger()
        for look in row.looks {
            let holders = look.holder.map { [Self.port: $0] } ?? [:]
            ledger.look(at: look.isWanted ? [Self.port] : [], holders, now: start + .seconds(look.at))
            #expect((ledger.refused[Self.port] != nil) == look.isRefused, "after \(look.at) s")
            #expect(ledger.nextLook == look.nextLook.map { start + .seconds($0) }, "after \(look.at) s")
        }
        #expect(ledger.complaints.isEmpty != row.isComplaining)
    }

    @Test func `while a refused port is seen free for the first time its last holder is still named`() {
        let start = ContinuousClock.now
        var ledger = PortLedger()
        ledger.look(at: [Self.port], [Self.port: Self.server], now: start)
        ledger.look(at: [Self.port], [:], now: start + .seconds(30))
        #expect(ledger.refused == [Self.port: Self.server])
    }
}
