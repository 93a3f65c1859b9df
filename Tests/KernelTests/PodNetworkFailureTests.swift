import LinuxSystem
import Netlink
import NetworkTypes
import PodNetwork
import Testing

@Suite(.timeLimit(.minutes(1))) struct PodNetworkFailureTests {
    @Test func `without its bridge the node says try again later, and STATUS not available`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        try bed.plugin().status()
        try bed.network.deleteLink(bed.bridge.index)
        let pod = try PodTestbed("one")
        let error = #expect(throws: CNIError.self) { try pod.add(bed.plugin()) }
        #expect(error?.code == .tryAgainLater)
        #expect(error?.message == "cni0 is not there yet")
        #expect(throws: CNIError(.notAvailable, "cni0 is not there yet", details: error?.details ?? "")) {
            try bed.plugin().status()
        }
        #expect(try bed.reserved() == [])
    }

    @Test func `STATUS is not available while the bridge is down`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        try bed.network.setLink(bed.bridge.index, LinkChange(isUp: false))
        let error = #expect(throws: CNIError.self) { try bed.plugin().status() }
        #expect(error?.code == .notAvailable)
        #expect(error?.message == "cni0 is down")
    }

    @Test func `an ADD that fails half-way leaves nothing`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        // The pair is made, then its namespace has a default route already.
        let network = try pod.network()
        let other = try network.createLink(
            LinkRequest(name: LinkName(validating: "br0"), kind: .bridge, isUp: true)
        )
        try network.addRoute(
            Route(destination: try IPPrefix(parsing: "0.0.0.0/0"), interface: other.index, routeProtocol: .boot)
        )
        let error = #expect(throws: CNIError.self) { try pod.add(bed.plugin()) }
        #expect(error?.message.contains("add route") == true, "\(String(describing: error))")
        #expect(try bed.ports() == [])
        #expect(try pod.end() == nil)
        #expect(try bed.reserved() == [])
    }

    @Test func `an interface of the name that is there already is kept, and named`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        try pod.network().createLink(LinkRequest(name: pod.attachment.interface, kind: .bridge))
        let error = #expect(throws: CNIError.self) { try pod.add(bed.plugin()) }
        #expect(error?.details == "is there an interface eth0 in \(pod.path) already?")
        #expect(try pod.end()?.kind == .bridge)
        #expect(try bed.ports() == [])
        #expect(try bed.reserved() == [])
    }

    @Test func `a second ADD is refused and harms nothing`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        _ = try pod.add(bed.plugin())
        let before = try bed.reserved()
        #expect(throws: CNIError.self) { try pod.add(bed.plugin()) }
        #expect(try bed.reserved() == before)
        #expect(try pod.end()?.isUp == true)
    }

    @Test func `the node's own namespace is no pod's`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        let path = "/proc/self/fd/\(bed.node.rawValue)"
        let error = #expect(throws: CNIError.self) {
            try bed.plugin().add(pod.attachment, namespace: path, arguments: [:])
        }
        #expect(error?.code == .invalidNamespace)
    }

    @Test func `GC removes what the runtime does not name, and nothing of others`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pods = [try PodTestbed("kept"), try PodTestbed("gone")]
        for pod in pods { _ = try pod.add(bed.plugin()) }
        let other = try LinkName(validating: "veth01234567")
        try bed.network.createLink(LinkRequest(name: other, kind: .veth, master: bed.bridge.index))
        #expect(throws: CNIError.self) { try bed.plugin().collectGarbage() }
        try bed.plugin { $0.validAttachments = [pods[0].attachment] }.collectGarbage()
        #expect(Set(try bed.ports().map(\.name)) == [other, HostLink.name(of: pods[0].attachment)])
        #expect(try bed.reserved() == ["10.42.1.2", "fd00:42:0:1::2"])
    }

    @Test(arguments: ["DEL", "GC"]) func `what an ADD that was killed left is taken away`(command: String) throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("killed")
        _ = try pod.add(bed.plugin())
        // It had made the pair and not marked it yet.
        try bed.network.setLink(try #require(try bed.ports().first).index, LinkChange(alias: ""))
        switch command {
        case "DEL": try bed.plugin().delete(pod.attachment, namespace: nil)
        default: try bed.plugin { $0.validAttachments = [] }.collectGarbage()
        }
        #expect(try bed.ports() == [])
        #expect(try bed.reserved() == [])
    }
}

@Suite(.timeLimit(.minutes(1))) struct PodNetworkCheckTests {
    @Test func `CHECK is content with what ADD made`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        try check(bed, pod, try pod.add(bed.plugin()))
    }

    @Test(arguments: [
        ("down", "eth0 is down"), ("address", "eth0 has lost the address 10.42.1.2/24"),
        ("route", "the route to ::/0 via fd00:42:0:1::1 is missing"), ("port", "is no port of cni0"),
        ("link", "is missing"), ("reservation", "the address 10.42.1.2 is not reserved"),
    ])
    func `CHECK names what is damaged`(part: String, complaint: String) throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        let result = try pod.add(bed.plugin())
        let end = try #require(try pod.end())
        let port = try #require(try bed.ports().first)
        let network = try pod.network()
        switch part {
        case "down": try network.setLink(end.index, LinkChange(isUp: false))
        case "address":
            let addresses = try network.addresses(of: end.index)
            try network.deleteAddress(try #require(addresses.first { $0.address.family == .ipv4 }))
        case "route":
            let routes = try network.routes(RouteFilter(family: .ipv6, table: .main, interface: end.index))
            try network.deleteRoute(try #require(routes.first { $0.destination.length == 0 }))
        case "port": try bed.network.setLink(port.index, LinkChange(master: LinkChange.Master.none))
        case "link": try bed.network.deleteLink(port.index)
        default: try Files.remove("\(bed.store.directory)/10.42.1.2")
        }
        let error = #expect(throws: CNIError.self) { try check(bed, pod, result) }
        #expect(error?.code == .attachmentDamaged)
        #expect(error?.message.contains(complaint) == true, "\(String(describing: error))")
    }

    @Test func `CHECK is content with a pod that the bridge plugin attached`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        var result = try pod.add(bed.plugin())
        let port = try #require(try bed.ports().first)
        result.interfaces[1].name = try LinkName(validating: "veth01234567")
        try bed.network.setLink(port.index, LinkChange(isUp: false))
        try bed.network.setLink(port.index, LinkChange(isUp: true, name: result.interfaces[1].name, alias: ""))
        try check(bed, pod, result)
    }

    private func check(_ bed: PodNetworkTestbed, _ pod: PodTestbed, _ result: CNIResult) throws {
        let plugin = try bed.plugin { $0.previousResult = result.document(.v1_1_0) }
        try plugin.check(pod.attachment, namespace: pod.path)
    }
}
