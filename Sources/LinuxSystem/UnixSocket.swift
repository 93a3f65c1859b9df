internal import CLinux
internal import Glibc

/// A stream socket bound to a path, on which a server answers.
package final class UnixListener: Sendable {
    private let path: String
    /// What goes with this object if it is still what the path leads to; nil if it stays.
    private let passing: FileStatus?
    /// The socket, for whoever keeps it beyond this process.
    package let descriptor: SharedDescriptor

    /// Goes on listening on a socket that an earlier process bound to `path`; nil if the path is no socket any more.
    ///
    /// It outlives this object, as does the path.
    package init?(path: String, adopting descriptor: SharedDescriptor) {
        guard (try? Files.status(path))?.kind == .socket else { return nil }
        self.path = path
        self.descriptor = descriptor
        passing = nil
    }

    /// Binds to `path`, in place of what an earlier process left there.
    ///
    /// - Parameters:
    ///   - mode: who may connect: those who may write.
    ///   - keeping: says whether the socket is kept beyond this process: then the path is too.
    package init(
        path: String,
        mode: UInt32,
        keeping: (SharedDescriptor) -> Bool = { _ in false }
    ) throws(SystemCallError) {
        self.path = path
        try Files.remove(path)
        let number = try systemCall("socket") { linnet_unix_socket(0, 1) }
        descriptor = SharedDescriptor(adopting: number)
        let bound = descriptor
        _ = try systemCall("bind", on: path) { unsafe linnet_unix_bind(bound.rawValue, path, path.utf8.count, 0) }
        _ = try systemCall("chmod", on: path) { unsafe chmod(path, mode) }
        _ = try systemCall("listen", on: path) { listen(bound.rawValue, 16) }
        passing = try keeping(bound) ? nil : Files.status(path)
    }

    deinit {
        // Another may have taken its place. While ours is open, no other gets its number.
        guard let passing, let found = try? Files.status(path) else { return }
        if (found.device, found.inode) == (passing.device, passing.inode) { try? Files.remove(path) }
    }

    /// Whether the path leads to a socket. One of another process will do: of two that took each other's place again and
    /// again neither would answer.
    package var isInPlace: Bool { (try? Files.status(path))?.kind == .socket }

    /// Calls `body` with each connection until the task is cancelled.
    ///
    /// - Parameter refused: is told when a connection waits and cannot be accepted, as when no descriptor is left. It
    ///   goes on waiting, and is tried again a second later.
    package func forEachConnection(
        _ body: (UnixConnection) async -> Void,
        refused: (SystemCallError) -> Void
    ) async {
        for await _ in Reactor.shared.readiness(of: descriptor) {
            while !Task.isCancelled {
                do throws(SystemCallError) {
                    guard let connection = try accept() else { break }
                    await body(connection)
                } catch {
                    refused(error)
                    // Nothing tells when there is a descriptor again.
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    /// Nil if none waits.
    private func accept() throws(SystemCallError) -> UnixConnection? {
        do throws(SystemCallError) {
            let number = try systemCallUnlessBlocked("accept", on: path) { linnet_unix_accept(descriptor.rawValue) }
            return number.map { UnixConnection(SharedDescriptor(adopting: $0)) }
        } catch  where error.errno == .connectionAborted {
            // Whoever asked has gone away meanwhile.
            return nil
        }
    }
}

/// One end of a stream. Reads and writes wait, but never longer than a few seconds.
package final class UnixConnection: Sendable {
    private let descriptor: SharedDescriptor
    /// How long one read or write may wait.
    private static let patience: Int64 = 5_000

    init(_ descriptor: SharedDescriptor) {
        self.descriptor = descriptor
        _ = linnet_set_timeouts(descriptor.rawValue, Self.patience)
    }

    package static func connect(to path: String) throws(SystemCallError) -> UnixConnection {
        let number = try systemCall("socket") { linnet_unix_socket(0, 0) }
        let descriptor = SharedDescriptor(adopting: number)
        _ = try systemCall("connect", on: path) {
            unsafe linnet_unix_connect(descriptor.rawValue, path, path.utf8.count, 0)
        }
        return UnixConnection(descriptor)
    }

    /// Sends all of it.
    package func write(_ bytes: [UInt8]) throws(SystemCallError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = try systemCall("send") {
                unsafe rest.withUnsafeBytes { bytes in
                    unsafe send(descriptor.rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
            }
            rest = rest.dropFirst(sent)
        }
    }

    /// Says that nothing more is written; the other end can still write.
    package func finishWriting() throws(SystemCallError) {
        _ = try systemCall("shutdown") { shutdown(descriptor.rawValue, Int32(SHUT_WR)) }
    }

    /// Everything until the other end closes, or says that it writes nothing more.
    ///
    /// - Parameter limit: no more than this many octets, and what came with the last of them, are read.
    package func readToEnd(atMost limit: Int = .max) throws(SystemCallError) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= limit {
            let count = try systemCall("recv") {
                unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor.rawValue, $0.baseAddress, $0.count, 0) }
            }
            guard count > 0 else { return bytes }
            bytes += buffer.prefix(count)
        }
        return bytes
    }
}
