import Glibc
import LinuxSystem
import NotifySocket
import Systemd
import Testing

/// In processes of their own, since the environment names the service manager.
@Suite(.timeLimit(.minutes(1))) struct SystemdDescriptorStoreTests {
    @Test func `a kept descriptor replaces the one of its name and is never polled`() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
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

    @Test func `datagrams that wait at a surplus socket are read before it is closed`() throws {
        let socket = try LoopbackSocket.datagrams()
        // One without content does not pass for the end.
        for text in ["one", "", "three"] { try socket.send(text, to: socket) }
        let said = try Inheritance(descriptors: [("dns", socket.descriptor)]).run()
        #expect(said == ["discarded dns", "environment clean"])
        #expect(socket.receive() == .nothing)
    }

    @Test func `who waits at a surplus listener is told that nobody answers`() throws {
        let listener = try LoopbackSocket.listener()
        let clients = try (0..<3).map { _ in try LoopbackSocket.connection(to: listener) }
        // What was asked is read too: a close with something unread would be a reset.
        try clients[0].send("GET / HTTP/1.1")
        let said = try Inheritance(descriptors: [("http", listener.descriptor)]).run()
        #expect(said == ["discarded http", "environment clean"])
        #expect(clients.map { $0.receiveSoon() } == [.end, .end, .end])
        #expect(listener.acceptAll() == 0)
    }

    @Test func `what is adopted is left as it is, beside all that is not`() throws {
        let (kept, surplus) = (try LoopbackSocket.datagrams(), try LoopbackSocket.datagrams())
        let listener = try LoopbackSocket.listener()
        let client = try LoopbackSocket.connection(to: listener)
        let stream = try pair(SOCK_STREAM)
        for socket in [kept, surplus] { try socket.send("waiting", to: socket) }
        let said = try Inheritance(
            descriptors: [
                ("left", surplus.descriptor), ("dns", kept.descriptor), ("peer", SharedDescriptor(adopting: stream.0)),
                ("http", listener.descriptor), ("file", try Self.openFile()),
            ],
            adopting: ["dns", "http", "absent"]
        ).run()
        #expect(
            said == [
                "adopted dns", "adopted http", "missing absent", "discarded left", "discarded peer", "discarded file",
                "environment clean",
            ]
        )
        #expect(kept.receive() == .bytes("waiting"))
        #expect(surplus.receive() == .nothing)
        #expect(listener.acceptAll() == 1)
        #expect(client.receiveSoon() == .end)
        close(stream.1)
    }

    @Test func `what is for another process is not touched`() throws {
        let socket = try LoopbackSocket.datagrams()
        try socket.send("waiting", to: socket)
        let descriptors = [("dns", socket.descriptor)]
        #expect(
            try Inheritance(descriptors: descriptors, adopting: ["dns"], processID: 1).run()
                == ["missing dns", "environment clean"]
        )
        #expect(socket.receive() == .bytes("waiting"))
    }

    @Test func `without names each is unknown, and goes`() throws {
        let socket = try LoopbackSocket.datagrams()
        let descriptors = [("", socket.descriptor), ("", try Self.openFile())]
        #expect(
            try Inheritance(descriptors: descriptors, adopting: ["dns"], isNamed: false).run()
                == ["missing dns", "discarded unknown", "discarded unknown", "environment clean"]
        )
    }

    @Test func `the surplus is kept no longer, but what is adopted under the same name is`() throws {
        let manager = try NotifySocket()
        let sockets = try (0..<3).map { _ in try LoopbackSocket.datagrams() }
        let said = try Inheritance(
            descriptors: [
                ("status", sockets[0].descriptor), ("status", sockets[1].descriptor), ("dns", sockets[2].descriptor),
            ],
            adopting: ["status"],
            notifySocket: manager.path
        ).run()
        #expect(said == ["adopted status", "discarded status", "discarded dns", "environment clean"])
        var messages: [String] = []
        var kept: [UInt] = []
        while true {
            let message = manager.receiveWithDescriptor()
            guard !message.text.isEmpty else { break }
            messages.append(message.text)
            if let descriptor = message.descriptor {
                kept.append(inode(descriptor))
                close(descriptor)
            }
        }
        #expect(
            messages == [
                "FDSTOREREMOVE=1\nFDNAME=status", "FDSTORE=1\nFDNAME=status\nFDPOLL=0",
                "FDSTOREREMOVE=1\nFDNAME=dns",
            ]
        )
        #expect(kept == [inode(sockets[0].descriptor.rawValue)])
    }

    private static func openFile() throws -> SharedDescriptor {
        SharedDescriptor(adopting: try systemCall("open") { open("/etc/hostname", O_RDONLY | O_CLOEXEC) })
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
