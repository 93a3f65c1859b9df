import LinuxSystem
import Testing

@testable import Nftables

@Suite struct ReceivedMessageTests {
    /// A message of nf_tables as it arrives on a little-endian machine.
    private func message(type: UInt16, _ payload: [UInt8], length: UInt32? = nil, flags: UInt16 = 0) -> [UInt8] {
        let length = length ?? UInt32(16 + payload.count)
        return length.hostBytes + half(type) + half(flags) + UInt32(7).hostBytes + UInt32(99).hostBytes + payload
    }

    private func half(_ number: UInt16) -> [UInt8] { [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] }

    private func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        half(UInt16(4 + value.count)) + half(type) + value + Array(repeating: 0, count: -value.count & 3)
    }

    @Test func `a change is notified with table, family and cause`() {
        let bytes = message(type: 0xa06, [1, 0, 0, 0] + attribute(1, Array("linnet\0".utf8)))
        let messages = ReceivedMessage.messages(in: bytes[...])
        #expect(messages.compactMap { NftablesNotification($0) } == [.changed(.linnet, portID: 99)])
    }

    @Test func `a generation is notified with its author`() {
        let payload =
            [0, 0, 0, 0] + attribute(1, [0, 0, 1, 2]) + attribute(2, [0, 0, 0, 5]) + attribute(3, Array("nft\0".utf8))
        let messages = ReceivedMessage.messages(in: message(type: 0xa0f, payload)[...])
        let process = RulesetWriterProcess(portID: 99, processID: 5, name: "nft")
        #expect(messages.compactMap { NftablesNotification($0) } == [.generation(258, by: process)])
    }

    @Test func `an error names its message and says the kernel's words`() {
        let original = message(type: 0xa06, [], length: 400)
        let payload = Errno(rawValue: 2).rawValue.negatedBytes + original + attribute(1, Array("no such chain\0".utf8))
        let bytes = message(type: 2, payload, flags: 0x300)
        let report = ReceivedMessage.messages(in: bytes[...]).first.flatMap { ErrorReport($0) }
        #expect(report?.errno == .noEntry)
        #expect(report?.sequence == 7)
        #expect(report?.text == "no such chain")
    }

    @Test(arguments: 0..<64)
    func `a datagram that is cut short anywhere is no more than its whole messages`(_ length: Int) {
        let one = message(type: 0xa00, [1, 0, 0, 0] + attribute(1, Array("linnet\0".utf8)))
        let cut = Array((one + one).prefix(length))
        let messages = ReceivedMessage.messages(in: cut[...])
        #expect(messages.count == length / one.count)
        for message in messages { _ = NftablesNotification(message) }
    }

    @Test(arguments: [[0, 0, 1, 0], [3, 0, 1, 0], [200, 0, 1, 0], [4, 0, 1], []] as [[UInt8]])
    func `an attribute with an impossible length is none`(_ bytes: [UInt8]) {
        #expect(AttributeList(bytes: bytes[...]).value(1) == nil)
    }

    @Test(arguments: [[], [0], [0, 9, 65], [7, 255]] as [[UInt8]])
    func `user data that is cut short has no comment`(_ bytes: [UInt8]) {
        #expect(UserData.text(7, in: bytes) == nil)
    }
}

extension Int32 {
    fileprivate var negatedBytes: [UInt8] { UInt32(bitPattern: -self).hostBytes }
}
