import LinuxSystem
import Testing

@testable import Netlink

@Suite struct AcknowledgementTests {
    // The header of the refused request, as every NLMSG_ERROR repeats it: length 60.
    private let request = "3c 00 00 00  18 00 05 05  01 00 00 00  00 00 00 00"

    @Test func `zero means done`() {
        #expect(Acknowledgement.refusal(bytes("00 00 00 00 " + request), .capped) == nil)
    }

    @Test func `a refusal has its number and the kernel's words`() {
        let payload = bytes(
            """
            ea ff ff ff \(request)
            0b 00 01 00  74 6f 6f 20 62 69 67 00                 # NLMSGERR_ATTR_MSG "too big", cut below its length
            08 00 02 00  10 00 00 00                             # NLMSGERR_ATTR_OFFS
            """
        )
        let refusal = Acknowledgement.refusal(payload, [.capped, .hasAttributes])
        #expect(refusal == Refusal(errno: Errno(rawValue: 22), message: "too big"))
    }

    @Test func `without the cap the attributes follow the repeated request`() {
        let repeated = String(repeating: "00 ", count: 60 - 16)
        let payload = bytes("fe ff ff ff \(request) \(repeated)\n 07 00 01 00  6e 6f 00 00")
        let refusal = Acknowledgement.refusal(payload, .hasAttributes)
        #expect(refusal == Refusal(errno: Errno(rawValue: 2), message: "no"))
    }

    @Test func `a refusal cut short is a refusal`() {
        #expect(Acknowledgement.refusal(bytes("ea ff"), [])?.errno == Errno(rawValue: 74))
        #expect(Acknowledgement.refusal(bytes("00 00 00 80"), [])?.errno == Errno(rawValue: .max))
        #expect(Acknowledgement.refusal(bytes("ea ff ff ff ff ff ff ff"), .hasAttributes) != nil)
    }

    @Test func `a dump ends well, or with an error and its words`() {
        #expect(Acknowledgement.refusal(dump: bytes("00 00 00 00"), []) == nil)
        #expect(Acknowledgement.refusal(dump: bytes(""), []) == nil)
        let refused = bytes("ed ff ff ff  0a 00 01 00  6e 6f 20 64 65 76 00 00")
        let refusal = Acknowledgement.refusal(dump: refused, .hasAttributes)
        #expect(refusal == Refusal(errno: Errno(rawValue: 19), message: "no dev"))
    }
}
