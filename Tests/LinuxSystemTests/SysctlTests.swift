import LinuxSystem
import Testing

@Suite struct SysctlTests {
    @Test(arguments: [
        ("net.ipv4.ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/conf/flannel.1/rp_filter", "net/ipv4/conf/flannel.1/rp_filter"),
        ("net.ipv4.conf.flannel/1.rp_filter", "net/ipv4/conf/flannel.1/rp_filter"),
        ("hostname", "hostname"),
    ])
    func `both forms of a name are one path`(name: String, path: String) {
        #expect(SysctlName(name).path == path)
        #expect(SysctlName(name).description == path)
        #expect(SysctlName(name) == SysctlName(path))
    }

    @Test func `a value is read without its line end`() throws {
        #expect(try Sysctl.read(SysctlName("kernel.ostype")) == "Linux")
    }

    @Test func `a setting that this kernel lacks is named`() {
        let error = SystemCallError(call: "open", subject: "/proc/sys/net/ipv4/nonsense", errno: .noEntry)
        #expect(throws: error) { try Sysctl.read(SysctlName("net.ipv4.nonsense")) }
        #expect(throws: error) { try Sysctl.write("1", to: SysctlName("net.ipv4.nonsense")) }
    }
}

@Suite struct ProcessFactsTests {
    @Test func `the process knows its number and its program`() throws {
        #expect(try Files.readText("/proc/\(ProcessFacts.processID)/comm") == Files.readText("/proc/self/comm"))
        #expect(try Files.status(ProcessFacts.executablePath()).inode == Files.status("/proc/self/exe").inode)
    }

    @Test func `the host's name has no domain`() {
        let name = ProcessFacts.hostName()
        #expect(!name.isEmpty)
        #expect(!name.contains("."))
        #expect(!name.contains("\n"))
    }

    @Test(arguments: LinuxCapability.allCases) func `privileges are those that the kernel shows`(
        capability: LinuxCapability
    ) throws {
        // Each thread's status has them too; this one is read apart from the code under test.
        let status = try Files.readText("/proc/thread-self/status")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("CapEff:") })
        let digits = try #require(line.split(whereSeparator: \.isWhitespace).last)
        let bits = try #require(UInt64(digits, radix: 16))
        #expect(try ProcessFacts.has(capability) == (bits & (1 << UInt64(capability.rawValue)) != 0))
    }

    @Test func `the environment is the one the process began with`() throws {
        let block = try Files.readText("/proc/self/environ")
        let path = block.split(separator: "\0").first { $0.hasPrefix("PATH=") }
        #expect(try ProcessFacts.environment()["PATH"] == path.map { String($0.dropFirst("PATH=".count)) })
        #expect(try ProcessFacts.environment()["LINNET_NO_SUCH_VARIABLE"] == nil)
    }
}
