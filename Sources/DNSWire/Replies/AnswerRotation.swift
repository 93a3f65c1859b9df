/// The addresses at the end of the answers, which may begin with any of them: all are of one length, and no name points to
/// one.
package struct AnswerRotation: Hashable, Sendable, BitwiseCopyable {
    /// Where in the body the first of them begins.
    let offset: UInt16
    let count: UInt16
    /// The length of each in octets. Zero if fewer than two can change places.
    let stride: UInt16

    /// Nothing can change places.
    init() {
        offset = 0
        count = 0
        stride = 0
    }

    /// The run in a body of which the answers end at `end`.
    ///
    /// - Parameter start: where in its packet the body begins.
    init(_ answers: ArraySlice<ResourceRecord>, in body: [UInt8], at start: Int, endingAt end: Int) {
        self.init()
        guard let last = answers.last, let addressLength = last.data.addressLength else { return }
        let stride = 2 + 10 + addressLength
        let run = answers.reversed().prefix { $0.name == last.name && $0.type == last.type }
        let offset = end - run.count * stride
        guard run.count >= 2, offset >= 0 else { return }
        // An owner that is written out, or points to one that is, has to stay where it is.
        let owner = body[offset] & 0x3f
        let isShared = Swift.stride(from: offset, to: end, by: stride).allSatisfy {
            body[$0] >= 0xc0 && body[$0..<$0 + 2] == body[offset..<offset + 2]
        }
        guard isShared, Int(owner) << 8 | Int(body[offset + 1]) < start + offset else { return }
        self.init(offset: offset, count: run.count, stride: stride)
    }

    private init(offset: Int, count: Int, stride: Int) {
        self.offset = UInt16(truncatingIfNeeded: offset)
        self.count = UInt16(truncatingIfNeeded: count)
        self.stride = UInt16(truncatingIfNeeded: stride)
    }
}

extension RecordData {
    /// The length in octets, if this is an address.
    fileprivate var addressLength: Int? {
        switch self {
        case .a: 4
        case .aaaa: 16
        default: nil
        }
    }
}
