internal import CSystemd
internal import Glibc
package import LinuxSystem
internal import Synchronization

/// The service manager's store of descriptors (FDSTORE in sd_notify(3), sd_listen_fds_with_names(3)).
package final class SystemdDescriptorStore: Sendable {
    private struct State {
        /// What nobody has taken over.
        var inherited: [(name: String, descriptor: SharedDescriptor)]
        /// What somebody has taken over or had kept, by name.
        var held: [String: SharedDescriptor] = [:]
    }

    private let state: Mutex<State>

    /// Takes all that the service manager handed over: closed on exec, and no child sees the variables that name them.
    /// Made once a process.
    package init() {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = unsafe sd_listen_fds_with_names(1, &names)
        var found: [(name: String, descriptor: SharedDescriptor)] = []
        for index in 0..<max(0, Int(count)) {
            let name = unsafe names?[index].map { unsafe String(cString: $0) } ?? ""
            found.append((name, SharedDescriptor(adopting: Self.firstInherited + Int32(index))))
            unsafe free(names?[index])
        }
        unsafe free(names)
        state = Mutex(State(inherited: found))
    }

    /// SD_LISTEN_FDS_START, a macro with a cast.
    private static let firstInherited: Int32 = 3

    /// Keeps a descriptor for a later run in this process, and for the next process, in place of what was kept under the
    /// name, also when nobody is at its other end. Answers whether a service manager was told.
    @discardableResult
    package func keep(_ descriptor: SharedDescriptor, as name: String) -> Bool {
        forget(name)
        state.withLock { $0.held[name] = descriptor }
        return tell(descriptor, name)
    }

    private func tell(_ descriptor: SharedDescriptor, _ name: String) -> Bool {
        var number = descriptor.rawValue
        return unsafe sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)\nFDPOLL=0", &number, 1) > 0
    }

    /// Takes over what this process kept under the name, else the first descriptor of the name that it got. It stays kept.
    package func adopt(_ name: String) -> SharedDescriptor? {
        state.withLock { state in
            if let held = state.held[name] { return held }
            guard let index = state.inherited.firstIndex(where: { $0.name == name }) else { return nil }
            let descriptor = state.inherited.remove(at: index).descriptor
            state.held[name] = descriptor
            return descriptor
        }
    }

    /// Empties and closes what nobody adopted, and has it kept no longer. Returns the names.
    package func discardRest() -> [String] {
        let (rest, held) = state.withLock { state in
            defer { state.inherited = [] }
            return (state.inherited, state.held)
        }
        for (name, descriptor) in rest {
            SocketQueue(descriptor.rawValue).drain()
            // The service manager forgets by name, and would forget an adopted one of the same name as well.
            if let twin = held[name] { keep(twin, as: name) } else { forget(name) }
        }
        return rest.map(\.name)
    }

    /// Lets go of what was taken over or kept under the name, and has it kept no longer.
    package func forget(_ name: String) {
        state.withLock { _ = $0.held.removeValue(forKey: name) }
        _ = unsafe sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)")
    }
}
