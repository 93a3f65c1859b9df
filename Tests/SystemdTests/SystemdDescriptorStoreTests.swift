import Glibc
import LinuxSystem
import Systemd
import Testing

/// In a process of its own, since the environment names the service manager.
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
}

/// Two connected Unix sockets.
private func pair(_ kind: __socket_type) throws -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    _ = try systemCall("socketpair") { socketpair(AF_UNIX, Int32(kind.rawValue), 0, &ends) }
    return (ends[0], ends[1])
}

private func inode(_ number: Int32) -> UInt {
    var facts = stat()
    return fstat(number, &facts) == 0 ? UInt(facts.st_ino) : 0
}
