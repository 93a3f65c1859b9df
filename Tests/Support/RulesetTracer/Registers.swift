import Nftables

/// The sixteen words of the nf_tables virtual machine.
struct Registers {
    private var bytes = [UInt8](repeating: 0, count: 64)

    /// Writes bytes from the register on, with zeros up to the next word as the kernel does.
    mutating func store(_ values: [UInt8], _ register: Register) throws(TraceProblem) {
        let padded = values + Array(repeating: 0, count: -values.count & 3)
        let start = try offset(register, padded.count)
        bytes.replaceSubrange(start..<start + padded.count, with: padded)
    }

    func load(_ register: Register, _ count: Int) throws(TraceProblem) -> [UInt8] {
        let start = try offset(register, count)
        return Array(bytes[start..<start + count])
    }

    private func offset(_ register: Register, _ count: Int) throws(TraceProblem) -> Int {
        let start: Int? =
            switch register.rawValue {
            case 1...4: Int(register.rawValue - 1) * 16
            case 8...23: Int(register.rawValue - 8) * 4
            default: nil
            }
        guard let start, start + count <= bytes.count else {
            throw TraceProblem(description: "\(count) bytes at register \(register.rawValue)")
        }
        return start
    }
}
