import Testing

@testable import LinuxSystem

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

    @Test func `all descriptors that the process may have are allowed`() throws {
        ProcessFacts.allowAllDescriptors()
        let limits = try Files.readText("/proc/self/limits")
        let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
        let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { UInt64($0) }
        #expect(numbers == [ProcessFacts.mostDescriptors, ProcessFacts.mostDescriptors])
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

    @Test(arguments: [
        ("1", 1), ("3", 2), ("ff", 8), ("5", 2), ("ffffffff,ffffffff", 64), ("00000001,00000000", 1), ("", 1),
    ])
    func `processors are counted in the kernel's mask`(mask: String, count: Int) {
        #expect(ProcessFacts.count(ofProcessors: mask) == count)
    }

    @Test func `this process has a processor`() throws {
        #expect(try ProcessFacts.processorCount() >= 1)
    }
}
