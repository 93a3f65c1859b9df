import Foundation
import Testing

extension Nodes {
    /// Nodes whose state and leases are in a real etcd.
    @Suite struct EtcdTests {
        /// What a flanneld at 192.168.77.9 writes, with a subnet of each family.
        private static let peerKey = "/n/subnets/10.42.9.0-24&fd00:42:0:9::-64"
        private static let peerValue =
            #"{"PublicIP":"192.168.77.9","PublicIPv6":"fd00:77::9","BackendType":"vxlan","#
            + #""BackendData":{"VNI":1,"VtepMAC":"02:00:00:00:00:09"},"#
            + #""BackendV6Data":{"VNI":1,"VtepMAC":"02:00:00:00:00:19"}}"#

        @Test func `pods of two nodes reach each other, whether etcd is there or not`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let families = try await [two.address("-4"), two.address("-6")]
                for address in families {
                    try await eventually("one reaches \(address)") { try await one.reaches(address) }
                }
                try await etcd.kill()
                try await eventually("status says so", shows: "no etcd endpoint answers", LANEtcd.endpoint) {
                    try await nodes[0].statusText()
                }
                for address in families { #expect(try await one.reaches(address), "\(address) without etcd") }
                try await etcd.start()
                try await eventually("the source is ready again", within: .seconds(30)) {
                    try await nodes[0].state(of: "source") == "ready"
                }
                for address in families { #expect(try await one.reaches(address), "\(address) with etcd again") }
            }
        }

        @Test func `a node starts without etcd from what it knew, and with the lease that it had`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                let agent = try await cluster.start(nodes[0])
                _ = try await cluster.start(nodes[1])
                try await eventually("north knows south") { try await nodes[0].holds("ip route show 10.42.0.0/16") }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                try await eventually("one reaches two") { try await one.reaches(address) }
                #expect(try await agent.stop() == 0)
                try await etcd.kill()
                let before = try await nodes[0].text("ip -4 route show")
                _ = try await cluster.start(nodes[0])
                #expect(try await one.reaches(address))
                #expect(try await nodes[0].text("ip -4 route show") == before)
                try await eventually("the lease says why", shows: "no etcd endpoint answers", "from disk") {
                    try await nodes[0].linnet("status").output
                }
                try await etcd.start()
                try await eventually("the lease is confirmed", within: .seconds(30)) {
                    try await nodes[0].state(of: "lease") == "ready"
                }
                #expect(try await nodes[0].text("ip -4 route show") == before)
            }
        }

        @Test func `a restart writes nothing into etcd`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                func revision() async throws -> Int? {
                    let answer = try await etcd.control("get", "/n/config", "-w", "json")
                    return answer.firstMatch(of: /"revision":(\d+)/).flatMap { Int($0.1) }
                }
                let ready = ["ruleset", "overlay", "pod-network", "host-ports", "status"].map { "\"\($0)\"" }
                let agent = try await cluster.start(nodes[0])
                try await eventually("the extras say all") {
                    let extras = try await etcd.control("get", "--prefix", "/n/linnet/")
                    return ready.allSatisfy { extras.contains($0) }
                }
                let before = try await revision()
                #expect(try await agent.stop() == 0)
                _ = try await cluster.start(nodes[0])
                try await eventually("all are ready again") {
                    for name in ["lease", "overlay", "pod-network", "host-ports"] {
                        guard try await nodes[0].state(of: name) == "ready" else { return false }
                    }
                    return true
                }
                // Longer than the second that changes of the extras are waited for.
                try await Tool.output(["sleep", "2"])
                #expect(try await revision() == before)
            }
        }

        @Test func `what was saved holds for other endpoints of the same prefix`() async throws {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                let agent = try await cluster.start(nodes[0])
                _ = try await cluster.start(nodes[1])
                try await eventually("north knows south", shows: "10.42.", "via") {
                    try await nodes[0].text("ip route show proto 76")
                }
                #expect(try await agent.stop() == 0)
                let before = try await nodes[0].text("ip route show proto 76")
                try await etcd.kill()
                try await nodes[0].loseKernelState()
                _ = try await cluster.start(nodes[0], ["--etcd-endpoints", "http://192.168.77.254:4001"])
                try await eventually("the route to south from disk") {
                    try await nodes[0].text("ip route show proto 76") == before
                }
                #expect(!nodes[0].logText.contains("a state file is not believed"))
            }
        }

        @Test func `a node waits for an etcd that comes later`() async throws {
            try await Cluster.withEtcd([.north], started: false) { cluster, nodes, etcd in
                let agent = try cluster.launch(nodes[0])
                try await eventually("it says what it waits for", shows: "no etcd endpoint answers") { agent.logText }
                #expect(agent.exitStatus == nil)
                try await etcd.start()
                try await eventually("it is ready", within: .seconds(30)) {
                    FileManager.default.fileExists(atPath: nodes[0].conflist.path)
                }
            }
        }

        @Test func `a flanneld peer gets its route, neighbour and forwarding entry, and follows its changes`()
            async throws
        {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                _ = try await cluster.start(nodes[0])
                try await etcd.control("put", Self.peerKey, Self.peerValue)
                try await eventually("the route", shows: "10.42.9.0/24 via 10.42.9.0 dev flannel.1", "onlink") {
                    try await nodes[0].text("ip route show")
                }
                try await eventually("the neighbour", shows: "10.42.9.0", "02:00:00:00:00:09", "PERMANENT") {
                    try await nodes[0].text("ip neigh show dev flannel.1")
                }
                try await eventually("the entry", shows: "02:00:00:00:00:09 dst 192.168.77.9") {
                    try await nodes[0].text("bridge fdb show dev flannel.1")
                }
                try await eventually("the same for IPv6", shows: "02:00:00:00:00:19 dst fd00:77::9") {
                    try await nodes[0].text("bridge fdb show dev flannel-v6.1")
                }
                let moved = Self.peerValue.replacing("02:00:00:00:00:09", with: "02:00:00:00:00:29")
                try await etcd.control("put", Self.peerKey, moved)
                try await eventually("the new address, and no longer the old one") {
                    let entries = try await nodes[0].text("bridge fdb show dev flannel.1")
                    return entries.contains("02:00:00:00:00:29") && !entries.contains("02:00:00:00:00:09")
                }
                try await etcd.control("del", Self.peerKey)
                try await eventually("nothing is left of it") {
                    try await !nodes[0].text("ip route show").contains("10.42.9.0")
                }
            }
        }

        @Test func `a lease is what flanneld reads: the key, and the value with the tunnel's hardware address`()
            async throws
        {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                _ = try await cluster.start(nodes[0])
                let lines = try await etcd.control("get", "--prefix", "/n/subnets").split(separator: "\n")
                #expect(lines.count == 2)
                let key = try #require(lines.first)
                #expect(key.wholeMatch(of: /\/n\/subnets\/10\.42\.\d+\.0-24&fd00:42:[0-9a-f:]*-64/) != nil, "\(key)")
                let value = try #require(lines.last)
                let macs = try await ["flannel.1", "flannel-v6.1"].asyncMap { link in
                    try await nodes[0].text("cat /sys/class/net/\(link)/address").trimmingCharacters(in: .newlines)
                }
                #expect(
                    value == #"{"PublicIP":"192.168.77.1","PublicIPv6":"fd00:77::1","BackendType":"vxlan","#
                        + #""BackendData":{"VNI":1,"VtepMAC":"\#(macs[0])"},"#
                        + #""BackendV6Data":{"VNI":1,"VtepMAC":"\#(macs[1])"}}"#
                )
                try await eventually("extras with what is ready", shows: #""nodeName":"north""#, #""overlay""#) {
                    try await etcd.control("get", "--prefix", "/n/linnet/")
                }
            }
        }

        @Test func `the objects of the example are read, and none is a problem`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                _ = try await cluster.start(nodes[0])
                let folder = Programs.repository.appendingPathComponent("Docs/examples/etcd/objects")
                let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
                    .filter { $0.hasSuffix(".yaml") }
                for file in files {
                    // The path below the folder is the key below the prefix.
                    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
                    try await etcd.control("put", "/n/objects/\(file.dropLast(5))", "--", text)
                }
                #expect(files.count == 4)
                try await eventually("all are read", shows: "1 leases and 4 objects") {
                    try await nodes[0].linnet("status").output
                }
                #expect(try await nodes[0].state(of: "source") == "ready")
            }
        }

        @Test func `an own lease that is deleted is there again with the same subnet`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                let agent = try await cluster.start(nodes[0])
                let before = try await etcd.control("get", "--prefix", "/n/subnets")
                try await etcd.control("del", "--prefix", "/n/subnets")
                try await eventually("the same lease") {
                    try await etcd.control("get", "--prefix", "/n/subnets") == before
                }
                #expect(agent.exitStatus == nil)
            }
        }

        @Test func `an address that changes is published, its peers follow, and it goes on seeing theirs`()
            async throws
        {
            try await Cluster.withEtcd { cluster, nodes, etcd in
                for node in nodes { _ = try await cluster.start(node) }
                let one = try await cluster.attachPod("one", on: nodes[0])
                let two = try await cluster.attachPod("two", on: nodes[1])
                let address = try await two.address("-4")
                try await eventually("one reaches two") { try await one.reaches(address) }
                let key = try #require(try await etcd.leaseKey(of: "192.168.77.1"))
                // Every connection to etcd came from the address that goes.
                try await nodes[0].run("ip", "address", "delete", "192.168.77.1/24", "dev", "eth0")
                try await nodes[0].run("ip", "address", "add", "192.168.77.11/24", "dev", "eth0")
                try await nodes[0].run("ip", "route", "replace", "default", "via", "192.168.77.254")
                try await eventually("it is published", within: .seconds(30)) {
                    try await etcd.leaseKey(of: "192.168.77.11") == key
                }
                try await eventually("one reaches two") { try await one.reaches(address) }
                try await etcd.control("put", Self.peerKey, Self.peerValue)
                try await eventually("what happens afterwards is seen", shows: "10.42.9.0/24 via") {
                    try await nodes[0].text("ip route show")
                }
            }
        }

        @Test func `a node takes the network that etcd names, in the process that runs`() async throws {
            try await Cluster.withEtcd([.north], toldNetworks: false) { cluster, nodes, etcd in
                try await etcd.control(
                    "put",
                    "/n/config",
                    #"{"Network":"10.9.0.0/16","Backend":{"Type":"vxlan","VNI":1}}"#
                )
                let agent = try await cluster.start(nodes[0])
                try await eventually("a subnet of it", shows: "\"10.9.") { try await nodes[0].statusText() }
                #expect(agent.exitStatus == nil)
                #expect(try await nodes[0].text("ip -4 address show dev flannel.1").contains("10.9."))
            }
        }

        @Test func `flags that contradict what etcd says end with 78 and name both`() async throws {
            try await Cluster.withEtcd([.north]) { cluster, nodes, etcd in
                try await etcd.control("put", "/n/config", #"{"Network":"10.9.0.0/16","Backend":{"Type":"vxlan"}}"#)
                let agent = try cluster.launch(nodes[0])
                #expect(try await agent.ended() == 78)
                #expect(
                    agent.logText.contains(
                        "cluster-cidr 10.42.0.0/16,fd00:42::/56 differs from 10.9.0.0/16 in /n/config in etcd"
                    )
                )
            }
        }
    }
}

extension Array where Element == String {
    fileprivate func asyncMap(_ transform: (String) async throws -> String) async rethrows -> [String] {
        var results: [String] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
