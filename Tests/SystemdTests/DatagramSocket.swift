import Glibc
import LinuxSystem

/// A datagram socket in a temporary directory, as a service manager listens on one.
final class DatagramSocket {
    let path: String
    private let directory: String
    private let descriptor: SharedDescriptor

    init() throws {
        var template = Array("/tmp/linnet-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw SystemCallError(call: "mkdtemp", subject: "/tmp", errno: .current)
        }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = "\(directory)/notify"
        let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        descriptor = SharedDescriptor(adopting: try systemCall("socket") { socket(AF_UNIX, kind, 0) })
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let number = descriptor.rawValue
        _ = try systemCall("bind", on: path) {
            withUnsafeBytes(of: &address) { bytes in
                bind(number, bytes.bindMemory(to: sockaddr.self).baseAddress!, socklen_t(bytes.count))
            }
        }
    }

    deinit {
        unlink(path)
        rmdir(directory)
    }

    /// The messages that have arrived.
    func receiveAll() -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
            guard count >= 0 else { return messages }
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }
}
