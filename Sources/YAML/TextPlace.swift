/// Where a reader is in a text, as people count. It goes forward with the reader, so that each byte is looked at once
/// however often it is asked: a text may be one line of megabytes.
struct TextPlace {
    private var line = 1
    private var column = 1
    /// The byte that `line` and `column` are of.
    private var index: Int
    /// How many bytes were looked at to count columns.
    private(set) var bytesCounted = 0

    init(startingAt index: Int) {
        self.index = index
    }

    mutating func startLine(at index: Int) {
        line += 1
        column = 1
        self.index = index
    }

    /// The position of a byte in the current line, not before one that was asked for.
    mutating func position(of index: Int, in bytes: [UInt8]) -> YAMLPosition {
        // Continuation bytes are no columns of their own.
        for place in self.index..<max(index, self.index) where bytes[place] & 0xc0 != 0x80 { column += 1 }
        bytesCounted += max(index - self.index, 0)
        self.index = max(index, self.index)
        return YAMLPosition(line: line, column: column)
    }
}
