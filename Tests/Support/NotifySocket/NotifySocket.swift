internal import Glibc
internal import LinuxSystem

/// A datagram socket in a temporary directory, as a service manager listens on one.
package final class NotifySocket: Sendable {
    package let path: String
    private let directory: String
    private let descriptor: SharedDescriptor

    package init() throws {
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

    /// Waits for the next message, a tenth of a second at most.
    package func waitForMessage() {
        var request = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        poll(&request, 1, 100)
    }

    /// The messages that have arrived.
    package func receiveAll() -> [String] {
        var messages: [String] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
            guard count >= 0 else { return messages }
            messages.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
    }

    /// The next message, and the descriptor that came with it, which the caller owns.
    package func receiveWithDescriptor() -> (text: String, descriptor: Int32?) {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        // A cmsghdr of 16 bytes and a number, aligned.
        var control: [UInt64] = [0, 0, 0]
        return buffer.withUnsafeMutableBytes { bytes in
            control.withUnsafeMutableBytes { control in
                var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                return withUnsafeMutablePointer(to: &part) { part in
                    var message = msghdr()
                    message.msg_iov = part
                    message.msg_iovlen = 1
                    message.msg_control = control.baseAddress
                    message.msg_controllen = control.count
                    let count = recvmsg(descriptor.rawValue, &message, 0)
                    let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
                    let header = control.load(as: cmsghdr.self)
                    guard message.msg_controllen > 0, header.cmsg_type == Int32(SCM_RIGHTS) else {
                        return (text, nil)
                    }
                    return (text, control.load(fromByteOffset: MemoryLayout<cmsghdr>.size, as: Int32.self))
                }
            }
        }
    }
}
