internal import CLinux

/// A name that one process of a network namespace holds: an abstract Unix socket, which the kernel gives up with the
/// process, however that ends.
package struct AbstractSocketLock: Sendable {
    private let descriptor: SharedDescriptor

    /// Takes the name. EADDRINUSE if another process of this network namespace has it.
    package static func acquire(_ name: String) throws(SystemCallError) -> AbstractSocketLock {
        let number = try systemCall("socket") { linnet_unix_socket(1, 0) }
        let descriptor = SharedDescriptor(adopting: number)
        _ = try systemCall("bind", on: "@\(name)") {
            unsafe linnet_unix_bind(descriptor.rawValue, name, name.utf8.count, 1)
        }
        return AbstractSocketLock(descriptor: descriptor)
    }
}
