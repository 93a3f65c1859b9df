import Glibc
import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import PodNetwork
import Testing

/// Who has a host port, and what becomes of it.
@Suite(.timeLimit(.minutes(1))) struct HostPortRecordTests {
    private let web = PortMapping(.tcp, hostPort: 8080, containerPort: 80)

    @Test func `a port that a living pod has is refused, with its name, and the pod leaves nothing`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let one = try bed.attach("one", web)
        let before = try bed.table()
        let two = try PodTestbed("two")
        let error = #expect(throws: CNIError.self) { try two.add(try bed.plugin(web)) }
        #expect(error?.code == .hostPortTaken)
        #expect(error?.message.contains("held by default/one (container one)") == true, "\(String(describing: error))")
        #expect(try two.end() == nil)
        #expect(try bed.pods.reserved() == ["10.42.1.2", "fd00:42:0:1::2"])
        #expect(try bed.table() == before)
        #expect(try bed.records() == ["one:eth0"])
        #expect(try conversation(from: bed.machine.namespace, to: "192.168.77.1", 8080, with: one) != nil)
    }

    @Test func `a port of a pod that is gone is taken over`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let one = try bed.attach("one", web)
        try bed.pods.network.deleteLink(try #require(try bed.pods.ports().first).index)
        let two = try bed.attach("two", web)
        #expect(try conversation(from: bed.machine.namespace, to: "192.168.77.1", 8080, with: two) != nil)
        #expect(try bed.records() == ["two:eth0"])
        try bed.plugin().delete(one.attachment, namespace: nil)
        #expect(try bed.records() == ["two:eth0"])
        #expect(try bed.table()?.contains("default/two") == true)
    }

    @Test func `DEL takes its ports away and no others, and the last one the table`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let one = try bed.attach("one", web)
        let two = try bed.attach("two", PortMapping(.tcp, hostPort: 8081, containerPort: 80))
        try bed.plugin().delete(one.attachment, namespace: one.path)
        let listed = try #require(try bed.table())
        #expect(!listed.contains("8080"))
        #expect(listed.contains("8081"))
        try bed.plugin().delete(two.attachment, namespace: two.path)
        #expect(try bed.table() == nil)
        #expect(try bed.records() == [])
    }

    @Test func `a flow over UDP reaches the pod that has the port now`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let mapping = PortMapping(.udp, hostPort: 5300, containerPort: 53)
        let client = try TestSocket.client(.udp, .ipv4, from: 40_000, in: bed.machine.namespace)
        let target = try IPAddress(parsing: "192.168.77.1")
        // Its flow begins before any pod has the port, and goes on without a pause.
        client.call(target, 5300)
        for id in ["one", "two"] {
            let pod = try bed.attach(id, mapping)
            let server = try TestSocket.listening(.udp, on: 53, in: pod.namespace)
            client.call(target, 5300)
            #expect(try server.answer()?.description == "192.168.77.9", "\(id)")
            #expect(client.hearsAnswer(), "\(id)")
            try bed.plugin().delete(pod.attachment, namespace: pod.path)
            client.call(target, 5300)
        }
    }

    @Test func `CHECK names a port that is missing`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("web")
        let result = try pod.add(try bed.plugin(web))
        let plugin = try bed.pods.plugin {
            $0.hostPortDirectory = bed.directory
            $0.portMappings = [web]
            $0.previousResult = result.document(.v1_1_0)
        }
        try plugin.check(pod.attachment, namespace: pod.path)
        try bed.run("nft", "flush", "map", "inet", "linnet-cni", "ports-v4")
        let error = #expect(throws: CNIError.self) { try plugin.check(pod.attachment, namespace: pod.path) }
        #expect(error?.code == .attachmentDamaged)
        #expect(error?.message.contains("ports-v4") == true)
    }

    @Test func `GC takes the ports of what the runtime does not name`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let kept = try bed.attach("kept", web)
        _ = try bed.attach("gone", PortMapping(.tcp, hostPort: 8081, containerPort: 80))
        let plugin = try bed.pods.plugin {
            $0.hostPortDirectory = bed.directory
            $0.validAttachments = [kept.attachment]
        }
        try plugin.collectGarbage()
        #expect(try bed.records() == ["kept:eth0"])
        #expect(try bed.table()?.contains("8081") == false)
    }

    @Test func `an ADD into a table that somebody flushed makes it whole`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let one = try bed.attach("one", web)
        try bed.run("nft", "flush", "ruleset")
        let two = try bed.attach("two", PortMapping(.tcp, hostPort: 8081, containerPort: 80))
        let listed = try #require(try bed.table())
        #expect(listed.contains("8080"))
        #expect(listed.contains("8081"))
        withExtendedLifetime((one, two)) {}
    }

    @Test(arguments: ["address", "record"])
    func `with a full disk ADD fails clearly and leaves nothing`(what: String) throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let place = what == "address" ? bed.pods.store.directory : bed.directory
        try Files.createDirectory(place)
        let mounted = try bed.node.finish(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", place])
        #expect(mounted.exitCode == 0)
        defer { umount2(place, Int32(MNT_DETACH)) }
        try Files.create("\(place)/lock", with: "")
        let filler = String(repeating: "x", count: 4096)
        try Files.create("\(place)/.filler", with: filler)
        let pod = try PodTestbed("web")
        let error = #expect(throws: CNIError.self) { try pod.add(try bed.plugin(web)) }
        #expect(error?.code == .inputOutput)
        #expect(error?.message.contains("ENOSPC") == true, "\(String(describing: error))")
        #expect(try pod.end() == nil)
        #expect(try bed.pods.reserved() == [])
        #expect(try bed.records().filter { $0 != ".filler" } == [])
        #expect(try bed.table() == nil)
    }

    @Test func `the agent's repair puts the table back, and removes what no living pod explains`() throws {
        let bed = try HostPortTestbed()
        defer { bed.removeFiles() }
        let one = try bed.attach("one", web)
        defer { withExtendedLifetime(one) {} }
        let two = try bed.attach("two", PortMapping(.udp, hostPort: 53, containerPort: 53))
        let whole = try #require(try bed.table())
        let ports = try bed.hostPorts()
        #expect(try ports.repair().isRepaired == false, "nothing to do")
        let damages = [
            "delete table inet linnet-cni", "flush ruleset", "flush chain inet linnet-cni output",
            "flush map inet linnet-cni ports-v6", "add chain inet linnet-cni stray",
            "add element inet linnet-cni ports-v4 { tcp . 22 : 10.42.1.2 . 22 }",
            "add table inet linnet-cni { flags dormant; }",
        ]
        for damage in damages {
            try bed.run("nft", damage)
            let repair = try ports.repair()
            #expect(repair.isRepaired, "\(damage): \(repair)")
            let table = try bed.table()
            #expect(table == whole, "\(damage): \(table ?? "none")")
        }
        try bed.pods.network.deleteLink(
            try #require(try bed.pods.network.link(named: HostLink.name(of: two.attachment))).index
        )
        #expect(try ports.repair().removed.map(\.attachment) == [two.attachment])
        #expect(try bed.records() == ["one:eth0"])
    }
}
