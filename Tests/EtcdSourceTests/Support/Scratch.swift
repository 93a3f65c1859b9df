import Glibc
import LinuxSystem
import NetworkNamespaces
import Synchronization

@testable import EtcdSource

/// A directory that goes away with this object, and with all that is in it.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/linnet-etcd-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemCallError(call: "mkdtemp", subject: "/tmp", errno: .current)
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { _ = try? RunningTool(["rm", "-rf", path]).wait() }

    func entry(_ name: String) -> String { "\(path)/\(name)" }
}

/// The process that a server is at the moment.
final class SharedTool: Sendable {
    private let tool: Mutex<RunningTool>

    init(_ tool: RunningTool) { self.tool = Mutex(tool) }

    var current: RunningTool {
        get { tool.withLock { $0 } }
        set { tool.withLock { $0 = newValue } }
    }
}

/// TCP ports of 127.0.0.1.
enum LoopbackPort {
    /// Below those that the kernel gives to whoever connects, so that none of them is taken before it is used. Each process
    /// begins elsewhere, and gives none twice.
    private static let next = Mutex(UInt16(10_000 + Int(getpid()) * 64 % 20_000))

    /// One that nobody has.
    static func free() throws -> UInt16 {
        while true {
            let port = next.withLock { next in
                next = next < 32_000 ? next + 1 : 10_000
                return next
            }
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = address(port)
            let isBound = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
            if isBound { return port }
            guard Errno.current == .addressInUse else {
                throw SystemCallError(call: "bind", subject: "127.0.0.1", errno: .current)
            }
        }
    }

    static func isListening(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = address(UInt16(port))
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// Runs the test with a client, which is closed afterwards.
@discardableResult
func withClient<Result>(
    _ connection: EtcdConnection,
    _ body: (EtcdClient) async throws -> Result
) async throws -> Result {
    let client = EtcdClient(connection)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}
