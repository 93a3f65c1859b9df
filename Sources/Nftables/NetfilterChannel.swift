internal import CMnl
internal import Glibc
internal import LinuxSystem
internal import Synchronization

/// A bound netlink socket of the netfilter family, with its receive buffer.
final class NetfilterChannel: Sendable {
    let descriptor: SharedDescriptor
    let portID: UInt32
    private let buffer: Mutex<[UInt8]>

    private init(_ descriptor: SharedDescriptor, portID: UInt32) {
        self.descriptor = descriptor
        self.portID = portID
        buffer = Mutex(Array(repeating: 0, count: 64 * 1024))
    }

    /// Opens a socket that hears these multicast groups (NFNLGRP_*), in the calling thread's network namespace.
    static func open(groups: [Int32]) throws(NftablesError) -> NetfilterChannel {
        let number = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), netfilterFamily)
        guard number >= 0 else { throw error("open") }
        let descriptor = SharedDescriptor(adopting: number)
        // Errors without the message they are about, but with the kernel's own words.
        setOption(number, solNetlink, 10, 1)
        setOption(number, solNetlink, 11, 1)
        setOption(number, SOL_SOCKET, SO_RCVBUFFORCE, 8 * 1024 * 1024)
        let portID = try bindSocket(number)
        for group in groups where !setOption(number, solNetlink, 1, group) { throw error("listen to changes on") }
        return NetfilterChannel(descriptor, portID: portID)
    }

    /// The same in another network namespace.
    static func open(groups: [Int32], in namespace: NetworkNamespace) throws(NftablesError) -> NetfilterChannel {
        do {
            return try namespace.run { try open(groups: groups) }
        } catch let error as NftablesError {
            throw error
        } catch {
            throw NftablesError("open", subject, .invalid("\(error)"))
        }
    }

    /// Raises how much can be sent at once, if the process may.
    func setSendBuffer(_ byteCount: Int) {
        Self.setOption(descriptor.rawValue, SOL_SOCKET, SO_SNDBUFFORCE, Int32(clamping: byteCount))
    }

    func send(_ bytes: [UInt8], for operation: String, _ subject: String) throws(NftablesError) {
        while true {
            let sent = unsafe Glibc.send(descriptor.rawValue, bytes, bytes.count, 0)
            let number = errno
            if sent == bytes.count { return }
            if sent < 0, number == EINTR { continue }
            throw NftablesError(operation, subject, .kernel(Errno(rawValue: sent < 0 ? number : EMSGSIZE)))
        }
    }

    /// The next datagram; nil if there is none and it is not waited for. ENOBUFS says that some were lost.
    func receive(
        waiting: Bool,
        for operation: String,
        _ subject: String
    ) throws(NftablesError) -> ArraySlice<UInt8>? {
        let flags = waiting ? 0 : Int32(MSG_DONTWAIT)
        let (datagram, number): (ArraySlice<UInt8>?, Int32) = buffer.withLock { buffer in
            while true {
                let count = unsafe recv(descriptor.rawValue, &buffer, buffer.count, flags)
                let number = errno
                if count >= 0 { return (Array(buffer[..<count])[...], 0) }
                if number != EINTR { return (nil, number) }
            }
        }
        if number == 0 { return datagram }
        if number == EAGAIN { return nil }
        throw NftablesError(operation, subject, .kernel(Errno(rawValue: number)))
    }

    private static func bindSocket(_ number: Int32) throws(NftablesError) -> UInt32 {
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        // Port 0 lets the kernel choose one that is free.
        let result = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let result = unsafe bind(number, address, length)
                return result == 0 ? unsafe getsockname(number, address, &length) : result
            }
        }
        guard result == 0 else { throw error("bind") }
        return address.nl_pid
    }

    @discardableResult
    private static func setOption(_ number: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(number, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    private static func error(_ operation: String) -> NftablesError {
        NftablesError(operation, subject, .kernel(Errno(rawValue: errno)))
    }

    private static let subject = "a netlink socket to nf_tables"
    /// NETLINK_NETFILTER
    private static let netfilterFamily: Int32 = 12
    private static let solNetlink: Int32 = 270
}
