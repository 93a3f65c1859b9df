internal import CSystemd
internal import Glibc
package import LinuxSystem
internal import Synchronization

/// The service manager's store of descriptors (FDSTORE in sd_notify(3), sd_listen_fds_with_names(3)).
package final class SystemdDescriptorStore: Sendable {
    private let inherited: Mutex<[(name: String, descriptor: SharedDescriptor)]>

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
        inherited = Mutex(found)
    }

    /// SD_LISTEN_FDS_START, a macro with a cast.
    private static let firstInherited: Int32 = 3

    /// Keeps a descriptor for the next process in place of what was kept under the name, also when nobody is at its other
    /// end. Answers whether a service manager was told.
    @discardableResult
    package func keep(_ descriptor: SharedDescriptor, as name: String) -> Bool {
        var number = descriptor.rawValue
        _ = unsafe sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)")
        return unsafe sd_pid_notify_with_fds(0, 0, "FDSTORE=1\nFDNAME=\(name)\nFDPOLL=0", &number, 1) > 0
    }

    /// Takes over the first descriptor of the name. It stays kept.
    package func adopt(_ name: String) -> SharedDescriptor? {
        inherited.withLock { inherited in
            inherited.firstIndex { $0.name == name }.map { inherited.remove(at: $0).descriptor }
        }
    }

    /// Empties and closes what nobody adopted, and has it kept no longer. Returns the names.
    package func discardRest() -> [String] {
        let rest = inherited.withLock { inherited in
            defer { inherited = [] }
            return inherited
        }
        for (name, descriptor) in rest {
            Self.drain(descriptor.rawValue)
            _ = unsafe sd_notify(0, "FDSTOREREMOVE=1\nFDNAME=\(name)")
        }
        return rest.map(\.name)
    }

    /// Whoever waits is told at once: connections are accepted and closed, messages read and dropped.
    private static func drain(_ number: Int32) {
        var isListening: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(number, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &size) == 0 else { return }
        _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // More than any queue holds, so that one that is filled as fast as it is emptied ends too.
        for _ in 0..<100_000 {
            if isListening != 0 {
                let connection = accept(number, nil, nil)
                guard connection >= 0 else { return }
                close(connection)
            } else {
                guard unsafe recv(number, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 else { return }
            }
        }
    }
}
