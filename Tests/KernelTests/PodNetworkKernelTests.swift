import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import PodNetwork
import Testing

@Suite(.timeLimit(.minutes(1))) struct PodNetworkKernelTests {
    @Test func `a pod gets a cable, addresses and default routes of both families`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        let result = try pod.add(bed.plugin(), ["K8S_POD_NAMESPACE": "default"])
        #expect(result.addresses.map(\.address.description) == ["10.42.1.2/24", "fd00:42:0:1::2/64"])
        #expect(result.routes.map(\.destination.description) == ["0.0.0.0/0", "::/0"])
        #expect(result.dns.search == ["default.svc.cluster.local", "svc.cluster.local", "cluster.local"])

        let end = try #require(try pod.end())
        #expect(end.isUp)
        #expect(end.mtu == 1430)
        #expect(end.address?.description == "0a:58:0a:2a:01:02")
        let network = try pod.network()
        let addresses = try network.addresses(of: end.index).filter { $0.scope == .universe }
        #expect(addresses.map(\.address.description).sorted() == ["10.42.1.2/24", "fd00:42:0:1::2/64"])
        #expect(addresses.allSatisfy { !$0.flags.contains(.tentative) })
        let defaults = try network.routes(RouteFilter(table: .main, interface: end.index))
            .filter { $0.destination.length == 0 }
        #expect(defaults.compactMap { $0.gateway?.description }.sorted() == ["10.42.1.1", "fd00:42:0:1::1"])
        let loopback = try LinkName(validating: "lo")
        #expect(try network.link(named: loopback)?.isUp == true)
    }

    @Test func `the host's end is a hairpin port of the bridge and says whose it is`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        let result = try pod.add(bed.plugin())
        let port = try #require(try bed.ports().first)
        #expect(port.name == HostLink.name(of: pod.attachment))
        #expect(port.alias == "linnet: eth0 of one")
        #expect(port.bridgePort?.isHairpin == true)
        #expect(port.operationalState == .up)
        #expect(port.mtu == 1430)
        #expect(result.interfaces.map(\.name) == [bed.bridge.name, port.name, pod.attachment.interface])
        #expect(result.interfaces[1].address == port.address)
        #expect(try bed.network.link(named: bed.bridge.name)?.address == bed.bridge.address)
        let name = SysctlName("net/ipv6/conf/\(port.name)/accept_ra")
        #expect(try bed.node.run { try Sysctl.read(name) } == "0")
    }

    @Test(arguments: ["accept_dad=0", "keep_addr_on_down=1", "ndisc_notify=1", "disable_ipv6=0"])
    func `the pod's settings are those that the bridge plugin would make`(setting: String) throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        // As some runtimes leave it.
        try pod.namespace.run { try Sysctl.write("1", to: SysctlName("net/ipv6/conf/default/disable_ipv6")) }
        _ = try pod.add(bed.plugin())
        let parts = setting.split(separator: "=")
        let name = SysctlName("net/ipv6/conf/eth0/\(parts[0])")
        #expect(try pod.namespace.run { try Sysctl.read(name) } == String(parts[1]))
    }

    @Test func `two pods reach each other and the gateway`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pods = [try PodTestbed("one"), try PodTestbed("two")]
        for pod in pods { _ = try pod.add(bed.plugin()) }
        for destination in ["10.42.1.1", "fd00:42:0:1::1", "10.42.1.3", "fd00:42:0:1::3"] {
            let route = try pods[0].network().routeLookup(to: IPAddress(parsing: destination))
            #expect(route.interface == (try pods[0].end()?.index))
            #expect(try reaches(destination, from: pods[0].namespace), "\(destination)")
        }
    }

    @Test func `DEL takes all of it away, and a second one is content`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        _ = try pod.add(bed.plugin())
        for _ in 0..<2 {
            try bed.plugin().delete(pod.attachment, namespace: pod.path)
            #expect(try bed.ports() == [])
            #expect(try pod.end() == nil)
            #expect(try bed.reserved() == [])
        }
    }

    @Test func `DEL needs neither namespace nor bridge nor subnet file`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("one")
        _ = try pod.add(bed.plugin())
        try Files.remove(bed.subnetFile)
        try bed.network.deleteLink(bed.bridge.index)
        try bed.plugin().delete(pod.attachment, namespace: nil)
        #expect(try bed.network.link(named: HostLink.name(of: pod.attachment)) == nil)
        #expect(try bed.reserved() == [])
        try bed.plugin().delete(pod.attachment, namespace: "/nonexistent/netns")
    }

    @Test func `DEL detaches a pod that the bridge plugin attached`() throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pod = try PodTestbed("flannels")
        let request = LinkRequest(
            name: try LinkName(validating: "veth01234567"),
            kind: .veth,
            master: bed.bridge.index,
            peer: VethPeer(name: pod.attachment.interface, namespaceDescriptor: pod.namespace.rawValue)
        )
        try bed.network.createLink(request)
        try Files.createDirectory(bed.store.directory)
        try Files.create("\(bed.store.directory)/10.42.1.7", with: "flannels\r\neth0")
        try bed.plugin().delete(pod.attachment, namespace: pod.path)
        #expect(try bed.ports() == [])
        #expect(try bed.reserved() == [])
    }
}

/// Whether one echo request is answered in time.
private func reaches(_ destination: String, from namespace: NetworkNamespace) throws -> Bool {
    try namespace.runProgram(["ping", "-q", "-c", "1", "-W", "5", destination]) == 0
}
