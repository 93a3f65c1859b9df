import LinuxSystem
import Nftables
import Testing

@Suite struct NftablesMonitorTests {
    @Test func `a change by nft is notified with its table and its author`() throws {
        let namespace = try FilterNamespace()
        let monitor = try NftablesMonitor.open(in: namespace.namespace)
        try namespace.load("add table inet linnet\nadd chain inet linnet x\nadd table ip other")
        let notifications = try monitor.drain()
        let tables = notifications.compactMap { notification -> Table? in
            if case .changed(let table, _) = notification { table } else { nil }
        }
        #expect(tables == [.linnet, Table("other", family: .ipv4)])
        guard case .generation(_, let process) = notifications.last else {
            Issue.record("no generation at the end of \(notifications)")
            return
        }
        #expect(process.name == "nft")
        #expect(try monitor.drain() == [])
    }

    @Test func `a change by our socket carries its port`() throws {
        let namespace = try FilterNamespace()
        let monitor = try NftablesMonitor.open(in: namespace.namespace)
        let socket = try NftablesSocket.open(in: namespace.namespace)
        try socket.commit(Transaction(.linnet, [.addTable]))
        let generation = try socket.generation()
        let notifications = try monitor.drain()
        #expect(notifications.first == .changed(.linnet, portID: socket.portID))
        guard case .generation(let number, let process) = notifications.last else {
            Issue.record("no generation at the end of \(notifications)")
            return
        }
        #expect(number == generation)
        #expect(process.portID == socket.portID)
    }
}
