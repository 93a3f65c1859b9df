/// What the kernel drew at random when it started: another one after each boot.
package struct BootID: Hashable, Sendable, CustomStringConvertible {
    /// 16 bytes.
    package let bytes: [UInt8]

    /// Reads 32 hexadecimal digits, hyphens between them ignored; nil if it is anything else.
    package init?(_ text: some StringProtocol) {
        let digits = text.filter { $0 != "-" }.compactMap(\.hexDigitValue)
        guard digits.count == 32, text.allSatisfy({ $0 == "-" || $0.hexDigitValue != nil }) else { return nil }
        bytes = stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// - Parameter bytes: 16 of them.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Of the kernel that runs now.
    package static func current() throws(SystemCallError) -> BootID {
        let path = "/proc/sys/kernel/random/boot_id"
        let text = try Files.readText(path)
        guard let identifier = BootID(text.prefix { !$0.isWhitespace }) else {
            throw SystemCallError(call: "read", subject: path, errno: .invalidArgument)
        }
        return identifier
    }

    package var description: String {
        bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
