import ClusterFixtures
import LinuxSystem
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterState

@Suite struct StateCoderTests {
    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, UInt64(UInt32.max), UInt64.max])
    func `a number is read as it was written`(number: UInt64) throws {
        var (number, writer) = (number, StateCoder())
        try writer.code(&number)
        var (read, reader) = (UInt64(1), StateCoder(reading: writer.bytes))
        try reader.code(&read)
        #expect(read == number)
        #expect(reader.isAtEnd)
    }

    /// Each of these types is written field by field in Saved/: one more field has to be added there, and the version of
    /// SnapshotFiles has to grow, since the files of an earlier run lack it.
    @Test func `no type of the model has a field that is not saved`() {
        var fields: [String: Int] = [:]
        for object in fullObjects() { count(Mirror(reflecting: object), into: &fields) }
        count(Mirror(reflecting: fixtureLease(1)), into: &fields)
        let known = [
            "ConfigMap": 3, "Endpoint": 10, "EndpointPort": 4, "EndpointSlice": 4, "Ingress": 6, "IngressClass": 2,
            "IngressPath": 3, "IngressRule": 2, "IngressTLS": 2, "LeaseExtras": 3, "LoadBalancerIngress": 3,
            "Middleware": 2, "Namespace": 1, "Node": 13, "NodeLease": 7, "ObjectMetadata": 5, "Service": 20,
            "ServicePort": 6,
        ]
        #expect(fields.filter { known[$0.key] != nil } == known)
    }

    private func count(_ mirror: Mirror, into fields: inout [String: Int]) {
        fields["\(mirror.subjectType)"] = mirror.children.count
        for child in mirror.children { count(Mirror(reflecting: child.value), into: &fields) }
    }

    @Test func `bytes that end too early are refused, wherever they end`() throws {
        var (saved, writer) = (try #require(full()), StateCoder())
        try writer.code(&saved)
        for count in 0..<writer.bytes.count {
            var reader = StateCoder(reading: Array(writer.bytes[..<count]))
            var read = SavedSnapshot.blank
            #expect(throws: StateCodingError.self, "\(count) bytes") { try reader.code(&read) }
        }
    }

    /// A checksum stands before it, so that this never happens by itself: it must not bring the agent down all the same.
    @Test(arguments: 1...20)
    func `no bytes make a reader trap`(seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        var (saved, writer) = (try #require(full()), StateCoder())
        try writer.code(&saved)
        for _ in 0..<200 {
            var bytes = writer.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var reader = StateCoder(reading: bytes)
            var read = SavedSnapshot.blank
            try? reader.code(&read)
        }
    }

    @Test(arguments: [[0xff] as [UInt8], [0xc3, 0x28], [0xed, 0xa0, 0x80]])
    func `a text that is not UTF-8 is refused`(text: [UInt8]) throws {
        var (text, writer) = (text, StateCoder())
        try writer.code(&text)
        var (read, reader) = ("", StateCoder(reading: writer.bytes))
        #expect(throws: StateCodingError.self) { try reader.code(&read) }
    }

    @Test(arguments: [.nan, .infinity, -1, 253_402_300_800])
    func `a time that is none is refused`(time: Double) throws {
        var writer = StateCoder()
        var (time, rest) = (time, [UInt8](repeating: 0, count: 11))
        try writer.code(&time)
        for index in rest.indices { try writer.code(byte: &rest[index]) }
        var (read, reader) = (SavedSnapshot.blank, StateCoder(reading: writer.bytes))
        #expect(throws: StateCodingError.self) { try reader.code(&read) }
    }

    @Test(arguments: [(1, true), (240, true), (251, false), (100_000, false)])
    func `values are read up to a depth that no stack minds`(depth: Int, isRead: Bool) throws {
        var writer = StateCoder()
        for _ in 1..<depth {
            var (form, count) = ("array", UInt64(1))
            try writer.code(&form)
            try writer.code(&count)
        }
        var form = "null"
        try writer.code(&form)
        var (value, reader) = (StructuredValue.blank, StateCoder(reading: writer.bytes))
        #expect(((try? value.code(with: &reader)) != nil) == isRead)
    }

    @Test func `no number of elements makes a reader take memory for them`() throws {
        // A megabyte of which the first number says that it is all nodes.
        var (count, writer) = (UInt64(1_000_000), StateCoder())
        try writer.code(&count)
        let bytes = writer.bytes + [UInt8](repeating: 0xff, count: 1_000_000)
        let before = try Self.peakMemory()
        var (read, reader) = ([Node](), StateCoder(reading: bytes))
        #expect(throws: StateCodingError.self) { try reader.code(&read) }
        #expect(try Self.peakMemory() - before < 100_000, "in KiB")
    }

    /// The most that the process ever had in memory, in KiB.
    private static func peakMemory() throws -> Int {
        let line = try Files.readText("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    private func full() -> SavedSnapshot? {
        let store = SnapshotStore(sourceDescription: "a test", ownName: nodeName("node-1"))
        store.apply(.replace(kinds: Set(ObjectKind.allCases), with: fullObjects()), confirmedAt: 1)
        store.setOwnLease(fixtureLease(1))
        return SavedSnapshot(store.current, on: nodeName("node-1"), confirmedAt: 1)
    }
}
