import Netlink
import NetworkTypes
import PodNetwork
import Testing

@testable import PodNetworkAudit

@Suite struct CutOffPodsTests {
    private let pods: CutOffPods
    private let start = ContinuousClock.now

    init() throws { pods = CutOffPods(bridge: try #require(LinkName(rawValue: "cni0"))) }

    private func link(_ name: String, _ index: Int32, master: Int32? = nil, isUp: Bool = true) throws -> Link {
        Link(
            index: InterfaceIndex(rawValue: index),
            name: try #require(LinkName(rawValue: name)),
            isUp: isUp,
            master: master.map { InterfaceIndex(rawValue: $0) },
            alias: name == "cni0" ? nil : "\(HostLink.prefix)eth0 of one",
            kind: name == "cni0" ? .bridge : .veth
        )
    }

    @Test func `a pod that is on the bridge within the time of grace costs nothing`() throws {
        #expect(pods.note(.link(try link("veth1", 7, isUp: false)), at: start))
        #expect(!pods.isDue(at: start + .milliseconds(5)))
        #expect(!pods.note(.link(try link("veth1", 7, master: 3)), at: start + .milliseconds(6)))
        #expect(!pods.isDue(at: start + .seconds(1)))
    }

    @Test func `a pod that goes costs nothing`() throws {
        #expect(pods.note(.link(try link("veth1", 7)), at: start))
        #expect(!pods.note(.linkRemoved(try link("veth1", 7)), at: start))
        #expect(!pods.isDue(at: start + .seconds(1)))
    }

    @Test func `a pod that stays cut off is due after the time of grace, once`() throws {
        #expect(pods.note(.link(try link("veth1", 7)), at: start))
        #expect(pods.isDue(at: start + CutOffPods.grace))
        #expect(!pods.isDue(at: start + .seconds(1)))
    }

    @Test func `another bridge of the name is due at once, the same one is not`() throws {
        #expect(pods.note(.link(try link("cni0", 3)), at: start))
        #expect(pods.isDue(at: start))
        #expect(!pods.note(.link(try link("cni0", 3)), at: start))
        #expect(!pods.isDue(at: start))
        #expect(pods.note(.link(try link("cni0", 9)), at: start))
        #expect(pods.isDue(at: start))
    }

    @Test func `lost notifications are due at once`() {
        #expect(pods.note(.resynchronise, at: start))
        #expect(pods.isDue(at: start))
    }
}
