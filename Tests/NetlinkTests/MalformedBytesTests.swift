import SeededNumbers
import Testing

@testable import Netlink

/// Whatever comes from the kernel, nothing traps.
@Suite struct MalformedBytesTests {
    private func parseEverything(_ bytes: [UInt8]) -> Int {
        var understood = 0
        let span = bytes.span.bytes
        understood += Link(payload: span) == nil ? 0 : 1
        understood += Address(payload: span) == nil ? 0 : 1
        understood += Route(payload: span) == nil ? 0 : 1
        understood += Neighbour(payload: span) == nil ? 0 : 1
        understood += ForwardingEntry(payload: span) == nil ? 0 : 1
        understood += Acknowledgement.refusal(in: span, flags: .hasAttributes) == nil ? 0 : 1
        understood += Acknowledgement.refusal(endingDump: span, flags: .hasAttributes) == nil ? 0 : 1
        MessageReader.forEach(in: span) { header, payload in
            understood += NetlinkNotification(header, payload: payload) == nil ? 0 : 1
        }
        return understood
    }

    @Test(arguments: Fixture.all)
    func `a message cut anywhere`(whole: [UInt8]) {
        #expect(parseEverything(whole) > 0)
        for length in 0..<whole.count { _ = parseEverything(Array(whole.prefix(length))) }
        #expect(parseEverything([]) == 1, "an empty acknowledgement is a refusal, and nothing else")
    }

    @Test(arguments: Fixture.all)
    func `a message with any one byte set to a bad value`(whole: [UInt8]) {
        for place in whole.indices {
            for value: UInt8 in [0x00, 0x01, 0x03, 0x7f, 0x80, 0xff] {
                var bytes = whole
                bytes[place] = value
                _ = parseEverything(bytes)
            }
        }
    }

    @Test func `noise`() {
        var generator = SeededNumbers(seed: 20_260_801)
        for round in 0..<20_000 {
            var bytes = (0..<(round % 160)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Half of the time with a length that may be right, so that the walkers get further.
            if round % 2 == 0, bytes.count > 20 {
                bytes.replaceSubrange(0..<4, with: [UInt8(bytes.count), 0, 0, 0])
                bytes.replaceSubrange(16..<18, with: [UInt8.random(in: 0...32, using: &generator), 0])
            }
            _ = parseEverything(bytes)
        }
    }

    @Test func `an attribute longer than what is left ends the walk`() {
        var seen: [UInt16] = []
        let attributes = bytes("08 00 01 00 aa aa aa aa  09 00 02 00 bb bb bb bb")
        AttributeReader.forEach(in: attributes.span.bytes) { type, _ in seen.append(type.rawValue) }
        #expect(seen == [1])
    }

    @Test func `an attribute of no length ends the walk`() {
        var count = 0
        AttributeReader.forEach(in: bytes("00 00 01 00  08 00 02 00 bb bb bb bb").span.bytes) { _, _ in count += 1 }
        #expect(count == 0)
    }

    @Test func `the last attribute needs no padding`() {
        var seen: [[UInt16]] = []
        AttributeReader.forEach(in: bytes("05 00 01 00 aa 00 00 00  05 00 02 80 bb").span.bytes) { type, value in
            seen.append([type.rawValue, UInt16(value.byteCount)])
        }
        #expect(seen == [[1, 1], [2, 1]])
    }
}
