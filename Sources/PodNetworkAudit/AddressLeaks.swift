package import LinuxSystem
package import Netlink
package import PodNetwork
import Synchronization

/// Releases addresses that nobody gave back: their pods ended with a crash or a reboot.
package final class AddressLeaks: Sendable {
    private let store: AddressStore
    private let bridge: LinkName
    private let file: StateFile
    private let boot: BootID
    private let state: Mutex<State>

    private struct State {
        var watch: LeakWatch
        /// What the file says.
        var saved: GivenAddresses?
    }

    /// How often it is looked for them, at least.
    package static let interval = Duration.seconds(600)
    /// How long a pass waits for those who hold a lock of the plugin's: it blocks the thread of its capability.
    package static let lockLimit = Duration.seconds(5)

    /// What came of a look.
    package struct Outcome: Sendable {
        package var release = AddressRelease()
        /// Those that another plugin gave and that may be in use.
        package var undecided: [Reservation] = []
        /// The links that keep them undecided.
        package var foreign: [LinkName] = []
        /// Why the state file could not be written.
        package var saving: SystemCallError?
    }

    /// - Parameters:
    ///   - bridge: the bridge that pods hang on.
    ///   - stateDirectory: where it is kept what was given, for the next boot.
    ///   - boot: of the kernel that runs now.
    ///   - ignored: told if the file that says so cannot be believed.
    package init(
        store: AddressStore,
        bridge: LinkName,
        stateDirectory: String,
        boot: BootID,
        ignored: (String) -> Void
    ) {
        self.store = store
        self.bridge = bridge
        self.boot = boot
        file = GivenAddresses.file(in: stateDirectory)
        var saved: GivenAddresses?
        do throws(StateFileError) {
            if let content = try file.read() {
                saved = GivenAddresses(content)
                if saved == nil { ignored("\(file.path): its lines are not those of addresses") }
            }
        } catch {
            ignored("\(error)")
        }
        let isAfterBoot = saved.map { $0.boot != boot } ?? false
        let watch = LeakWatch(outlived: saved?.files ?? [], isAfterBoot: isAfterBoot)
        state = Mutex(State(watch: watch, saved: saved))
    }

    /// Looks at every address once and releases what is a leak.
    ///
    /// - Parameter now: since some moment, by a clock that only goes forward.
    package func release(seenBy network: any RouteNetlink, now: Duration) throws -> Outcome {
        try state.withLock { state in
            var outcome = Outcome()
            var given: [GivenReservation] = []
            outcome.release = try store.releaseLeaked { files in
                // Under the lock: ADD makes its link and then asks, under the lock too, whether it still has its address.
                let links = try PodLinks.read(network, bridge: bridge)
                given = files
                let finding = state.watch.look(at: files, links, now: now)
                outcome.undecided = finding.undecided
                outcome.foreign = links.foreign
                return finding.leaks
            }
            let released = Set(outcome.release.released)
            let remaining = given.filter { !released.contains($0.reservation) }
            outcome.saving = save(GivenAddresses(boot: boot, files: remaining), &state)
            return outcome
        }
    }

    private func save(_ addresses: GivenAddresses, _ state: inout State) -> SystemCallError? {
        guard addresses != state.saved || !file.isThere else { return nil }
        do throws(SystemCallError) {
            try file.write(addresses.content)
            state.saved = addresses
            return nil
        } catch {
            return error
        }
    }
}
