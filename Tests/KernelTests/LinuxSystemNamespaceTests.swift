import LinuxSystem
import NetworkNamespaces
import Testing

@Suite(.timeLimit(.minutes(1)))
struct LinuxSystemNamespaceTests {
    @Test func `work in a namespace is done there and leaves the caller where it was`() throws {
        let before = try NetworkNamespace.current()
        let there = try TestNamespace("there")
        #expect(there.namespace != before)
        #expect(try there.namespace.run { try NetworkNamespace.current() } == there.namespace)
        #expect(try NetworkNamespace.open(path: there.path) == there.namespace)
        #expect(try NetworkNamespace.current() == before)
    }

    @Test func `an error inside comes out as it was thrown`() throws {
        let there = try TestNamespace("there")
        let name = SysctlName("net.ipv4.no_such_setting")
        let expected = SystemCallError(call: "open", subject: "/proc/sys/net/ipv4/no_such_setting", errno: .noEntry)
        #expect(throws: expected) { try there.namespace.run { try Sysctl.read(name) } }
    }

    @Test func `settings of the network belong to one namespace`() throws {
        let left = try TestNamespace("left")
        let right = try TestNamespace("right")
        let name = SysctlName("net/ipv4/conf/lo/rp_filter")
        for (place, value) in [(left, "2"), (right, "1")] {
            try place.namespace.run { try Sysctl.write(value, to: name) }
        }
        #expect(try left.namespace.run { try Sysctl.read(name) } == "2")
        #expect(try right.namespace.run { try Sysctl.read(name) } == "1")
    }

    @Test func `a write to a watched setting is told, also to one that the kernel made again`() async throws {
        let place = try TestNamespace("place")
        let name = SysctlName("net/ipv6/conf/made/accept_ra")
        let watch = try SysctlWatch()
        let (writes, written) = AsyncStream.makeStream(of: Void.self)
        let listener = Task { try await watch.forEachChange { written.yield() } }
        var seen = writes.makeAsyncIterator()
        for value in ["0", "2"] {
            #expect(try place.namespace.runProgram(["ip", "link", "add", "made", "type", "bridge"]) == 0)
            try place.namespace.run { watch.watch([name, SysctlName("net/no/such")]) }
            try place.namespace.run { try Sysctl.write(value, to: name) }
            #expect(await seen.next() != nil)
            #expect(try place.namespace.runProgram(["ip", "link", "delete", "made"]) == 0)
        }
        listener.cancel()
        try await listener.value
    }

    @Test func `an abstract name is held once in each namespace`() throws {
        let left = try TestNamespace("left")
        let right = try TestNamespace("right")
        let held = try left.namespace.run { try AbstractSocketLock.acquire("linnet-test") }
        let other = try right.namespace.run { try AbstractSocketLock.acquire("linnet-test") }
        let error = #expect(throws: SystemCallError.self) {
            try left.namespace.run { _ = try AbstractSocketLock.acquire("linnet-test") }
        }
        #expect(error?.errno == .addressInUse)
        #expect(error?.subject == "@linnet-test")
        withExtendedLifetime((held, other)) {}
    }

    @Test func `an abstract name is free again when its holder lets go`() throws {
        let place = try TestNamespace("place")
        for _ in 0..<2 {
            try place.namespace.run { _ = try AbstractSocketLock.acquire("linnet-test") }
        }
    }

    @Test func `two joined namespaces reach each other and nobody else`() throws {
        let left = try TestNamespace("left")
        let right = try TestNamespace("right")
        try TestNamespace.join(left, "eth0", right, "eth0")
        try left.run("ip", "address", "add", "192.0.2.1/24", "dev", "eth0")
        try right.run("ip", "address", "add", "192.0.2.2/24", "dev", "eth0")
        try left.run("ping", "-c", "1", "-W", "5", "192.0.2.2")
        #expect(try left.finish(["ping", "-c", "1", "-W", "5", "198.51.100.1"]).exitCode != 0)
    }

    @Test func `a program ends with its handle`() throws {
        let place = try TestNamespace("place")
        var process: Int32 = 0
        do {
            let sleeping = try place.start(["sleep", "60"])
            process = sleeping.processID
            withExtendedLifetime(sleeping) { #expect(Files.exists("/proc/\(process)")) }
        }
        #expect(!Files.exists("/proc/\(process)"))
    }

    @Test func `a signal that ends a program is told`() throws {
        let place = try TestNamespace("place")
        let result = try place.finish(["sh", "-c", "echo said; echo complained >&2; kill -TERM $$"], input: "")
        #expect(result.output == "said\n")
        #expect(result.errors.hasPrefix("complained\n"))
        #expect(result.exitCode == 128 + 15)
    }
}
