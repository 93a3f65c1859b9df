import LinuxSystem
import Netlink
import NetworkTypes
import PodNetwork
import PodNetworkAudit
import Testing

/// Which addresses count as leaked, look by look. All pods are called `gone` but the one that lives.
struct LeakWatchTests {
    enum Giver: Sendable { case plugin, hostLocal, crash }

    private static func file(_ giver: Giver, _ container: String = "gone", written: Int64 = 1) throws
        -> GivenReservation
    {
        let text =
            switch giver {
            case .plugin: "\(container)\r\neth0\r\n"
            case .hostLocal: "\(container)\r\neth0"
            case .crash: ""
            }
        let reservation = Reservation(try IPAddress(parsing: "10.42.1.7"), text: text)
        return GivenReservation(reservation, written: written)
    }

    private static func links(foreign: [String] = [], subnet: String = "10.42.1.0/24") throws -> PodLinks {
        let living = try #require(try file(.plugin, "living").reservation.attachment)
        return PodLinks(
            names: [HostLink.name(of: living)],
            foreign: try foreign.map { try LinkName(validating: $0) },
            subnets: [try IPPrefix(parsing: subnet)]
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let giver: Giver
        var container = "gone"
        /// The seconds of the looks.
        var looks: [Int] = [0, 600]
        var isAfterBoot = false
        /// Whether the list of the last boot has the file: as it is, or as another one of the same content.
        var outlived: Int64?
        /// What the file says of the time of its writing.
        var written: Int64 = 1
        var foreign: [String] = []
        var subnet = "10.42.1.0/24"
        /// For each look, whether it is a leak.
        let leaks: [Bool]
        var isUndecided = false
    }

    static let rows: [Row] = [
        Row(testDescription: "its pod lives", giver: .plugin, container: "living", leaks: [false, false]),
        Row(testDescription: "the first look proves nothing", giver: .plugin, leaks: [false, true]),
        Row(testDescription: "nor one soon after", giver: .plugin, looks: [0, 59, 60], leaks: [false, false, true]),
        Row(testDescription: "its file is of the future", giver: .plugin, written: .max, leaks: [false, true]),
        Row(testDescription: "the first after a boot does", giver: .plugin, isAfterBoot: true, leaks: [true, true]),
        Row(
            testDescription: "but not for a pod that lives",
            giver: .plugin,
            container: "living",
            isAfterBoot: true,
            leaks: [false, false]
        ),
        Row(testDescription: "a crash left it", giver: .crash, foreign: ["veth1"], leaks: [true, true]),
        Row(
            testDescription: "another's pod is nobody's business to ours",
            giver: .plugin,
            foreign: ["veth1"],
            leaks: [false, true]
        ),
        Row(testDescription: "host-local's, with no pod left", giver: .hostLocal, leaks: [false, true]),
        Row(
            testDescription: "host-local's, and a pod of another plugin",
            giver: .hostLocal,
            foreign: ["veth1"],
            leaks: [false, false],
            isUndecided: true
        ),
        Row(
            testDescription: "host-local's, of another subnet",
            giver: .hostLocal,
            subnet: "10.9.0.0/24",
            leaks: [false, false],
            isUndecided: true
        ),
        Row(
            testDescription: "host-local's of before the boot",
            giver: .hostLocal,
            isAfterBoot: true,
            outlived: 1,
            foreign: ["veth1"],
            leaks: [true, true]
        ),
        Row(
            testDescription: "host-local's, given again after the boot",
            giver: .hostLocal,
            isAfterBoot: true,
            outlived: 0,
            foreign: ["veth1"],
            leaks: [false, false],
            isUndecided: true
        ),
        Row(
            testDescription: "the list of the same boot says nothing",
            giver: .hostLocal,
            outlived: 1,
            foreign: ["veth1"],
            leaks: [false, false],
            isUndecided: true
        ),
    ]

    @Test(arguments: rows) func `an address is a leak when that is certain`(row: Row) throws {
        let file = try Self.file(row.giver, row.container, written: row.written)
        let outlived = try row.outlived.map { [try Self.file(row.giver, row.container, written: $0)] } ?? []
        var watch = LeakWatch(outlived: outlived, isAfterBoot: row.isAfterBoot)
        let links = try Self.links(foreign: row.foreign, subnet: row.subnet)
        var leaks: [Bool] = []
        var undecided: [Bool] = []
        for look in row.looks {
            let finding = watch.look(at: [file], links, now: .seconds(look))
            leaks.append(!finding.leaks.isEmpty)
            undecided.append(!finding.undecided.isEmpty)
        }
        #expect(leaks == row.leaks)
        #expect(undecided == row.looks.map { _ in row.isUndecided })
    }

    @Test func `a link that was seen, or another file, begins the minute anew`() throws {
        var watch = LeakWatch()
        let links = try Self.links()
        let living = PodLinks(names: [HostLink.name(of: try #require(try Self.file(.plugin).reservation.attachment))])
        #expect(watch.look(at: [try Self.file(.plugin)], links, now: .zero).leaks == [])
        #expect(watch.look(at: [try Self.file(.plugin)], living, now: .seconds(50)).leaks == [])
        #expect(watch.look(at: [try Self.file(.plugin)], links, now: .seconds(100)).leaks == [])
        #expect(watch.look(at: [try Self.file(.plugin, written: 2)], links, now: .seconds(160)).leaks == [])
        #expect(watch.look(at: [try Self.file(.plugin, written: 2)], links, now: .seconds(220)).leaks.count == 1)
    }

    @Test func `the list on disk reads as it was written`() throws {
        let boot = try BootID.current()
        let old = Reservation(try IPAddress(parsing: "fd00::9"), text: "abc")
        let files = [
            try Self.file(.plugin, written: -7), try Self.file(.hostLocal), try Self.file(.crash),
            GivenReservation(old, written: 3),
        ]
        let given = GivenAddresses(boot: boot, files: files)
        #expect(GivenAddresses(given.content) == given)
        #expect(GivenAddresses(Array("\(boot)\n10.42.1.7 own\n".utf8)) == nil)
        #expect(GivenAddresses(Array("no boot\n".utf8)) == nil)
    }
}
