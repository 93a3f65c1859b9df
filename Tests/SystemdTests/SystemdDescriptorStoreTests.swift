import Glibc
import LinuxSystem
import Systemd
import Testing

/// Each test is a process of its own, since descriptors are handed over by number and named by the environment.
@Suite(.timeLimit(.minutes(1))) struct SystemdDescriptorStoreTests {
    @Test func `a kept descriptor replaces the one of its name and is never polled`() async {
        await #expect(processExitsWith: .success) {
            let manager = try DatagramSocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let kept = SharedDescriptor(adopting: try pair(SOCK_STREAM).0)
            #expect(SystemdDescriptorStore().keep(kept, as: "status"))
            let first = manager.receiveWithDescriptor()
            #expect(first.text == "FDSTOREREMOVE=1\nFDNAME=status")
            #expect(first.descriptor == nil)
            let second = manager.receiveWithDescriptor()
            #expect(second.text == "FDSTORE=1\nFDNAME=status\nFDPOLL=0")
            #expect(inode(try #require(second.descriptor)) == inode(kept.rawValue))
        }
    }

    @Test func `what nobody adopted is emptied and removed, and what was adopted is untouched`() async {
        await #expect(processExitsWith: .success) {
            let manager = try DatagramSocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let (listener, client) = try listenerWithClient()
            let (packets, sender) = try pair(SOCK_DGRAM)
            let (stream, peer) = try pair(SOCK_STREAM)
            let (adopted, asker) = try pair(SOCK_DGRAM)
            for number in [sender, sender, peer, asker] { #expect(send(number, "ask", 3, 0) == 3) }
            // These stay open as in the service manager, so that closing alone empties nothing. What the test's own
            // process has at the numbers comes back afterwards.
            let handed = [listener, packets, stream, adopted].map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
            let others = (0..<4).map { fcntl(Int32(3 + $0), F_DUPFD_CLOEXEC, 200) }
            for (index, number) in handed.enumerated() { dup2(number, Int32(3 + index)) }
            setenv("LISTEN_PID", "\(getpid())", 1)
            setenv("LISTEN_FDS", "4", 1)
            setenv("LISTEN_FDNAMES", "listener:packets:stream:adopted", 1)
            let store = SystemdDescriptorStore()
            var own = store.adopt("adopted")
            let number = own?.rawValue
            let names = store.discardRest()
            let stillOpen = (3...6).map { fcntl($0, F_GETFD) != -1 }
            own = nil
            for (index, number) in others.enumerated() where number >= 0 { dup2(number, Int32(3 + index)) }

            #expect(number == 6)
            #expect(names == ["listener", "packets", "stream"])
            #expect(stillOpen == [false, false, false, true])
            #expect(manager.receiveAll() == names.map { "FDSTOREREMOVE=1\nFDNAME=\($0)" })
            #expect(getenv("LISTEN_FDS") == nil)
            var byte: UInt8 = 0
            #expect(recv(client, &byte, 1, Int32(MSG_DONTWAIT)) == 0)
            #expect(recv(handed[1], &byte, 1, Int32(MSG_DONTWAIT)) == -1)
            #expect(recv(handed[2], &byte, 1, Int32(MSG_DONTWAIT)) == -1)
            #expect(recv(handed[3], &byte, 1, Int32(MSG_DONTWAIT)) == 1)
        }
    }
}

/// Two connected Unix sockets, at numbers beyond those that are handed over.
private func pair(_ kind: __socket_type) throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    _ = try systemCall("socketpair") { socketpair(AF_UNIX, Int32(kind.rawValue), 0, &ends) }
    return (beyond(ends[0]), beyond(ends[1]))
}

/// A listening Unix socket and a client that waits in its queue.
private func listenerWithClient() throws -> (Int32, Int32) {
    let listener = beyond(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
    let client = beyond(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try withUnsafeMutableBytes(of: &address) { bytes in
        let pointer = bytes.bindMemory(to: sockaddr.self).baseAddress!
        // The family alone has the kernel choose an abstract name.
        _ = try systemCall("bind") { bind(listener, pointer, socklen_t(MemoryLayout<sa_family_t>.size)) }
        _ = try systemCall("listen") { listen(listener, 8) }
        var size = socklen_t(bytes.count)
        _ = try systemCall("getsockname") { getsockname(listener, pointer, &size) }
        _ = try systemCall("connect") { connect(client, pointer, size) }
    }
    return (listener, client)
}

/// Moves a descriptor to a number of 50 or more.
private func beyond(_ number: Int32) -> Int32 {
    defer { close(number) }
    return fcntl(number, F_DUPFD_CLOEXEC, 50)
}

private func inode(_ number: Int32) -> UInt {
    var facts = stat()
    return fstat(number, &facts) == 0 ? UInt(facts.st_ino) : 0
}
