import LinuxSystem
import Testing

@Suite struct ProcessUsageTests {
    /// As proc_pid_stat(5) has it: 120 and 30 ticks, started at 5000, 8 MB, 100 pages.
    private static let rest = "S 1 2 3 0 -1 4194560 1 0 0 0 120 30 0 0 20 0 4 0 5000 8000000 100 18446744073709551615"

    @Test(arguments: ["linnet", "a b", "a) S 1 (b", "(", ")"])
    func `a process is read whatever its name`(name: String) throws {
        let usage = try #require(
            ProcessUsage(parsing: "17 (\(name)) \(Self.rest)\n", ticks: 100, pageSize: 4096)
        )
        #expect(usage.processorSeconds == 1.5)
        #expect(usage.start == 50)
        #expect(usage.virtualBytes == 8_000_000)
        #expect(usage.residentBytes == 409_600)
    }

    @Test(arguments: ["", "17 (a) S 1 2", "17 a \(rest)", "17 (a) \(rest.replacing("5000", with: "x"))"])
    func `what is no such line gives nothing`(text: String) {
        #expect(ProcessUsage(parsing: text, ticks: 100, pageSize: 4096) == nil)
    }

    @Test func `this process takes something`() throws {
        let usage = try #require(ProcessUsage.current())
        #expect(usage.residentBytes > 0 && usage.residentBytes < usage.virtualBytes)
        #expect(usage.start > 0 && usage.start <= SystemTime.sinceBoot() / .seconds(1))
        let descriptors = try #require(ProcessUsage.descriptors())
        #expect(descriptors.open > 2 && UInt64(descriptors.open) <= descriptors.limit)
    }
}
