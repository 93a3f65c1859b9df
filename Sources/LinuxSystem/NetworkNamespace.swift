internal import CLinux
internal import Glibc

/// A network namespace, kept alive by an open descriptor.
///
/// A namespace belongs to a thread, and tasks do not stay on one: work inside another namespace is done on a thread
/// made for it, which ends with the work. A socket stays in the namespace it was opened in.
package struct NetworkNamespace: Sendable {
    private let descriptor: SharedDescriptor
    /// The inode number, by which two handles of one namespace can be told to be the same.
    package let identity: UInt64

    /// The namespace of the calling thread.
    package static func current() throws(SystemCallError) -> NetworkNamespace {
        try open(path: "/proc/thread-self/ns/net")
    }

    /// The namespace that a file such as /run/netns/NAME or /proc/PID/ns/net stands for.
    package static func open(path: String) throws(SystemCallError) -> NetworkNamespace {
        let descriptor = SharedDescriptor(try Files.open(path, O_RDONLY))
        var status = stat()
        _ = try systemCall("fstat", on: path) { unsafe fstat(descriptor.rawValue, &status) }
        return NetworkNamespace(descriptor: descriptor, identity: UInt64(status.st_ino))
    }

    /// A new namespace without a name. It ends with its last handle, socket and process; `lo` is down in it.
    package static func create() throws(SystemCallError) -> NetworkNamespace {
        try ThrowawayThread.run { () throws(SystemCallError) in
            _ = try systemCall("unshare", on: "a network namespace") { linnet_unshare_network_namespace() }
            return try current()
        }
    }

    /// The number of the descriptor; valid as long as a copy of this value lives.
    package var rawValue: Int32 { descriptor.rawValue }

    /// Runs `body` inside the namespace on the calling thread, which then goes back to `home`: for a program that has no
    /// other thread, and which a thread made for this would cost more than all it does there.
    package func visit<Result>(from home: NetworkNamespace, _ body: () throws -> Result) throws -> Result {
        try enter()
        let result = Swift.Result { try body() }
        try home.enter()
        return try result.get()
    }

    private func enter() throws(SystemCallError) {
        let number = descriptor.rawValue
        _ = try systemCall("setns", on: "network namespace") { linnet_enter_network_namespace(number) }
    }

    /// Runs `body` inside the namespace, on a thread of its own that the caller waits for.
    package func run<Result: Sendable>(_ body: @Sendable () throws -> Result) throws -> Result {
        try ThrowawayThread.run { () throws in
            try enter()
            return try body()
        }
    }

    /// Starts a thread inside the namespace that nobody waits for: it begins in that of the one that starts it.
    func detachThread(_ body: @escaping @Sendable () -> Void) throws(SystemCallError) {
        try ThrowawayThread.run { () throws(SystemCallError) in
            try enter()
            LinuxSystem.detachThread(body)
        }
    }
}

extension NetworkNamespace: Hashable {
    package static func == (left: NetworkNamespace, right: NetworkNamespace) -> Bool {
        left.identity == right.identity
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(identity)
    }
}
