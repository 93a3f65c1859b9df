internal import Glibc

extension Files {
    /// Whether two files have the same bytes. Reads both in pieces, so that large ones cost no memory, and only up to the
    /// first difference.
    package static func haveSameContent(_ one: String, _ other: String) throws(SystemCallError) -> Bool {
        let first = try open(one, O_RDONLY)
        let second = try open(other, O_RDONLY)
        var ours = [UInt8](repeating: 0, count: pieceSize)
        var theirs = ours
        while true {
            let count = try fill(&ours, from: first.rawValue, one)
            guard try fill(&theirs, from: second.rawValue, other) == count else { return false }
            guard unsafe memcmp(&ours, &theirs, count) == 0 else { return false }
            if count < pieceSize { return true }
        }
    }

    private static let pieceSize = 64 * 1024

    /// Returns how many bytes were read: fewer than fit only at the end of the file.
    private static func fill(
        _ buffer: inout [UInt8],
        from descriptor: Int32,
        _ path: String
    ) throws(SystemCallError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let count = try systemCall("read", on: path) {
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    unsafe Glibc.read(descriptor, bytes.baseAddress! + filled, bytes.count - filled)
                }
            }
            if count == 0 { break }
            filled += count
        }
        return filled
    }
}
