import LinuxSystem
import Netlink
import NetworkTypes
import PodNetwork
import PodNetworkAudit
import Testing

/// Addresses that leak, on a node with one living pod (.2) and one that a crash ended (.3).
@Suite(.timeLimit(.minutes(1))) struct AddressLeakTests {
    private let living = ["10.42.1.2", "fd00:42:0:1::2"]
    private let all = ["10.42.1.2", "10.42.1.3", "fd00:42:0:1::2", "fd00:42:0:1::3"]
    private let otherBoot = BootID(bytes: Array(repeating: 7, count: 16))

    @Test func `an address without a link is released by the second look`() throws {
        try withPods { bed in
            let leaks = try audit(bed)
            #expect(try leaks.release(seenBy: bed.network, now: .zero).release == AddressRelease())
            #expect(try bed.reserved() == all)
            let outcome = try leaks.release(seenBy: bed.network, now: .seconds(60))
            #expect(outcome.release.released.map(\.description) == ["10.42.1.3 of gone", "fd00:42:0:1::3 of gone"])
            #expect(try bed.reserved() == living)
        }
    }

    @Test func `after a reboot the first look releases what outlived it, another plugin's too`() throws {
        try withPods { bed in
            try Files.create("\(bed.store.directory)/10.42.1.9", with: "flannel\r\neth0")
            let foreign = try attachForeign(bed, isOnBridge: true)
            #expect(try audit(bed, otherBoot).release(seenBy: bed.network, now: .zero).saving == nil)
            // Given since the machine runs: it may be the foreign link's.
            try Files.create("\(bed.store.directory)/10.42.1.10", with: "new\r\neth0")
            let outcome = try audit(bed).release(seenBy: bed.network, now: .zero)
            #expect(outcome.release.released.map(\.container) == ["gone", "flannel", "gone"])
            #expect(outcome.undecided.map(\.description) == ["10.42.1.10 of new"])
            #expect(try bed.reserved() == ["10.42.1.10"] + living)
            withExtendedLifetime(foreign) {}
        }
    }

    @Test(arguments: [true, false])
    func `a pod of another plugin keeps its plugin's addresses and none of ours`(isOnBridge: Bool) throws {
        try withPods { bed in
            try Files.create("\(bed.store.directory)/10.42.1.9", with: "flannel\r\neth0")
            let foreign = try attachForeign(bed, isOnBridge: isOnBridge)
            let leaks = try audit(bed)
            _ = try leaks.release(seenBy: bed.network, now: .zero)
            let outcome = try leaks.release(seenBy: bed.network, now: .seconds(60))
            #expect(outcome.release.released.map(\.container) == ["gone", "gone"])
            #expect(outcome.undecided.map(\.container) == ["flannel"])
            #expect(outcome.foreign.map(\.rawValue) == ["veth01234567"])
            #expect(try bed.reserved() == ["10.42.1.2", "10.42.1.9", "fd00:42:0:1::2"])
            withExtendedLifetime(foreign) {}
        }
    }

    /// As if ADD had been stopped between reserving and making its link, for longer than the audit waits.
    @Test func `a pod whose address was taken for a leak while it was attached takes it again, or fails`() throws {
        try withPods { bed in
            let slow = try PodTestbed("slow")
            let network = InterruptedNetwork(bed.network) {
                _ = try bed.store.releaseLeaked { given in given.filter { $0.reservation.container == "slow" } }
            }
            let result = try slow.add(try bed.plugin(through: network))
            #expect(result.addresses.map(\.address.address.description) == ["10.42.1.4", "fd00:42:0:1::4"])
            #expect(try bed.reserved().contains("10.42.1.4"))
            let slower = try PodTestbed("slower")
            let robbed = InterruptedNetwork(bed.network) {
                _ = try bed.store.releaseLeaked { given in given.filter { $0.reservation.container == "slower" } }
                try Files.create("\(bed.store.directory)/10.42.1.5", with: "thief\r\neth0\r\n")
            }
            let before = try bed.ports().count
            let error = #expect(throws: CNIError.self) { try slower.add(try bed.plugin(through: robbed)) }
            #expect(error?.code == .tryAgainLater)
            #expect(try bed.ports().count == before)
            #expect(try slower.end() == nil)
            #expect(try bed.store.reservations().map(\.container).filter { $0 == "slower" } == [])
        }
    }

    private func audit(_ bed: PodNetworkTestbed, _ boot: BootID? = nil) throws -> AddressLeaks {
        AddressLeaks(
            store: bed.store,
            bridge: bed.bridge.name,
            stateDirectory: bed.directory,
            boot: try boot ?? BootID.current()
        ) { Issue.record("\($0)") }
    }

    private func attachForeign(_ bed: PodNetworkTestbed, isOnBridge: Bool) throws -> PodTestbed {
        let foreign = try PodTestbed("foreign")
        let request = LinkRequest(
            name: try LinkName(validating: "veth01234567"),
            kind: .veth,
            master: isOnBridge ? bed.bridge.index : nil,
            peer: VethPeer(name: foreign.attachment.interface, namespaceDescriptor: foreign.namespace.rawValue)
        )
        try bed.network.createLink(request)
        return foreign
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
