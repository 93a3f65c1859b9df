/// Where the labels of a name in wire form are, the first the furthest from the root.
struct LabelPlaces: ~Copyable {
    private var starts = InlineArray<128, UInt8>(repeating: 0)
    private(set) var count = 0
    /// Where the root's octet is.
    private(set) var end = 0
    /// Where the name begins in the message.
    let position: Int

    /// Whether the octets are a name.
    private(set) var isName = false

    /// Reads a name. What is behind its end is not looked at.
    init(_ name: Span<UInt8>, at position: Int) {
        self.position = position
        var place = 0
        while place < name.count, name[place] != 0 {
            guard count < 127, place < 254, name[place] <= LabelOctets.maximum else { return }
            starts[count] = UInt8(place)
            count += 1
            place += 1 + Int(name[place])
        }
        end = place
        isName = place < min(name.count, 255)
    }

    /// Where a label's length is; for the index `count` that is the root's octet.
    @inline(__always)
    func start(_ index: Int) -> Int { index < count ? Int(starts[index]) : end }

    /// The octets of a label without its length.
    @inline(__always)
    func label(_ index: Int) -> Range<Int> { start(index) + 1..<start(index + 1) }

    /// Where the name that begins with a label is in the message.
    @inline(__always)
    func position(_ index: Int) -> Int { position + start(index) }

    /// How many labels are before `suffix`, which has `suffixCount` labels and ends with the root; nil if the name does
    /// not end with it.
    func count(before suffix: Span<UInt8>, of suffixCount: Int, in name: Span<UInt8>) -> Int? {
        let before = count - suffixCount
        guard before >= 0 else { return nil }
        let first = start(before)
        guard end + 1 - first == suffix.count else { return nil }
        for offset in 0..<suffix.count where name[first + offset] != suffix[offset] { return nil }
        return before
    }
}
