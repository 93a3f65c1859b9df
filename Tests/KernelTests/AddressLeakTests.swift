import LinuxSystem
import Netlink
import PodNetwork
import Testing

@testable import PodNetworkAudit

/// Which addresses are taken for leaked, on a node with one living pod (.2) and one that a crash ended (.3).
@Suite(.timeLimit(.minutes(1))) struct AddressLeakTests {
    private let living = ["10.42.1.2", "fd00:42:0:1::2"]
    private let all = ["10.42.1.2", "10.42.1.3", "fd00:42:0:1::2", "fd00:42:0:1::3"]

    @Test(arguments: [
        (age: 10.0, uptime: 100_000.0, isReleased: false), (age: 61, uptime: 100_000, isReleased: true),
        (age: 10, uptime: 5, isReleased: true), (age: -3600, uptime: 100_000, isReleased: false),
    ])
    func `an address without a link is released once it is old, or older than the boot`(
        age: Double,
        uptime: Double,
        isReleased: Bool
    ) throws {
        try withPods { bed in
            let now = SystemTime.now() + age
            let released = try leaks(bed).release(seenBy: bed.network, now: now, uptime: uptime)
            #expect(released.count == (isReleased ? 2 : 0))
            #expect(try bed.reserved() == (isReleased ? living : all))
        }
    }

    @Test(arguments: [true, false])
    func `nothing is released while a pod of another plugin is there`(isOnBridge: Bool) throws {
        try withPods { bed in
            let foreign = try PodTestbed("foreign")
            let request = LinkRequest(
                name: try LinkName(validating: "veth01234567"),
                kind: .veth,
                master: isOnBridge ? bed.bridge.index : nil,
                peer: VethPeer(name: foreign.attachment.interface, namespaceDescriptor: foreign.namespace.rawValue)
            )
            try bed.network.createLink(request)
            let now = SystemTime.now() + 1000
            #expect(try leaks(bed).release(seenBy: bed.network, now: now, uptime: 5) == [])
            #expect(try bed.reserved() == all)
            withExtendedLifetime(foreign) {}
        }
    }

    private func leaks(_ bed: PodNetworkTestbed) -> AddressLeaks {
        AddressLeaks(store: bed.store, bridge: bed.bridge.name)
    }

    private func withPods(_ body: (PodNetworkTestbed) throws -> Void) throws {
        let bed = try PodNetworkTestbed()
        defer { bed.removeFiles() }
        let pods = [try PodTestbed("living"), try PodTestbed("gone")]
        for pod in pods { _ = try pod.add(bed.plugin()) }
        let link = try #require(try bed.network.link(named: HostLink.name(of: pods[1].attachment)))
        try bed.network.deleteLink(link.index)
        try body(bed)
        withExtendedLifetime(pods) {}
    }
}
