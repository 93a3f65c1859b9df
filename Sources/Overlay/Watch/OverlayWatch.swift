package import Netlink
import NetworkTypes
import Synchronization

/// What the loop believes the kernel to hold, so that whoever hears of a change can tell whether it matters.
///
/// Without it our own writes would wake the loop, and so would every pod's interface.
package final class OverlayWatch: Sendable {
    private let state = Mutex(Expectation())

    package init() {}

    /// The object of ours that the notification contradicts, so that a pass has to look; nil if it is none of our concern.
    package func concern(of notification: NetlinkNotification) -> OverlayObject? {
        state.withLock { $0.contradicted(by: notification) }
    }

    /// The first file or setting that is not as it was left; nil if all are.
    func alteredFileOrSetting(_ kernel: any OverlayKernel, _ configuration: OverlayConfiguration) -> OverlayObject? {
        // Reading may take a while: not under the lock.
        state.withLock { $0 }.alteredFileOrSetting(kernel, configuration)
    }

    /// The settings that are to hold, with a number that changes whenever they were compared.
    var settings: (number: UInt64, rules: [SysctlRule]) {
        state.withLock { ($0.number, $0.host?.sysctls ?? []) }
    }

    /// A thorough pass begins. Until it has found or made the links, those of the last one count: what others do to them
    /// after the pass has read them would be missed.
    func expect(_ host: HostPlan, _ underlays: PerFamily<Underlay>, _ contents: PerFamily<PeerContents>) {
        state.withLock { state in
            state.number += 1
            state.host = host
            state.underlays = underlays
            state.contents = contents
        }
    }

    /// The links are made.
    func found(
        tunnels: PerFamily<InterfaceIndex>,
        bridge: InterfaceIndex?,
        address: MACAddress?,
        made: Set<InterfaceIndex>
    ) {
        state.withLock { state in
            state.made = made
            state.tunnels = tunnels
            state.bridge = bridge
            state.bridgeAddress = address
        }
    }

    /// What stays only because others use it may go when one of these links changes.
    func waitFor(_ users: Set<InterfaceIndex>) {
        state.withLock { $0.users = users }
    }

    /// The files are written, but for those that could not be, beside these that runtimes take first.
    func announced(_ files: [PlannedFile], unwritable: Set<String>, rivals: [String]) {
        state.withLock { state in
            state.files = files
            state.unwritable = unwritable
            state.rivals = rivals
        }
    }

    /// These are the addresses of peers that are routed to directly if they are on the link.
    func expect(endpoints: Set<IPAddress>) {
        state.withLock { $0.endpoints = endpoints }
    }

    /// Some peers change.
    func expect(instead old: [PeerPath], _ new: [PeerPath], _ family: AddressFamily) {
        state.withLock { state in
            for path in old { state.contents[family]?.remove(path) }
            for path in new { state.contents[family]?.insert(path) }
        }
    }

    /// Nothing of ours is to be there.
    func expectNothing() {
        state.withLock { state in
            let number = state.number + 1
            state = Expectation(number: number)
        }
    }
}
