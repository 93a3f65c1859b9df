internal import Glibc

extension LogRecord {
    /// How many octets are put out at once, but for a line that has more: what a pipe takes whole, so that nothing of
    /// others comes to stand within a line (pipe(7)).
    private static let blockSize = 4_096

    /// The lines of the message without their ends; the message, if it is one entry.
    func forEachLine(_ body: (Span<UInt8>) -> Void) {
        let message = message.utf8.span
        guard lineCount != nil else { return body(message) }
        var start = 0
        while start < message.count {
            let rest = message.extracting(start...)
            let length = unsafe rest.withUnsafeBufferPointer { octets in
                guard let first = octets.baseAddress, let end = unsafe memchr(first, 10, octets.count) else {
                    return octets.count
                }
                return unsafe UnsafeRawPointer(first).distance(to: UnsafeRawPointer(end))
            }
            body(rest.extracting(..<length))
            start += length + 1
        }
    }

    /// Puts out each line of the message, many of them at once.
    ///
    /// - Parameters:
    ///   - ends: what stands before a line, and after it.
    ///   - append: appends a line as the sink writes it.
    func putLines(
        between ends: (String, String),
        to output: ([UInt8]) -> Void,
        _ append: (Span<UInt8>, inout [UInt8]) -> Void
    ) {
        let (beginning, end) = (Array(ends.0.utf8), Array(ends.1.utf8))
        var block: [UInt8] = []
        block.reserveCapacity(lineCount == nil ? 256 : Self.blockSize)
        forEachLine { line in
            let whole = block.count
            block += beginning
            append(line, &block)
            block += end
            guard block.count > Self.blockSize, whole > 0 else { return }
            output(Array(block[..<whole]))
            block.removeFirst(whole)
        }
        if !block.isEmpty { output(block) }
    }
}
