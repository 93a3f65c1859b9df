/// Where names and their ancestors stand in a packet that is being written: what pointers may lead to.
///
/// The work is linear in the length of a name, and a table of a few names is one small allocation: packets are also
/// written from what others sent.
struct NameTable {
    /// A hash whose lowest fourteen bits are replaced by the place, which is never zero: a zero is a free slot.
    private var slots: [UInt64] = Array(repeating: 0, count: 32)
    private var count = 0

    private static let placeBits: UInt64 = 0x3fff
    /// Secret, as that of the standard library's hashes is: nobody outside can choose names that collide.
    private static let seed = UInt64(truncatingIfNeeded: Hasher().finalize())

    /// Finds the longest part of a name, from a label to its end, that stands in the packet already, and remembers all
    /// longer ones as standing at `place` and behind.
    ///
    /// - Returns: where in the name that part begins, or at its root, and where it stands in the packet.
    mutating func find(_ name: [UInt8], in packet: [UInt8], place: Int) -> (offset: Int, place: Int?) {
        let labels = Labels(name)
        var index = 0
        while index < labels.count {
            let offset = Int(labels.starts[index])
            let hash = labels.hashes[index]
            if let found = self.place(of: name, from: offset, hash, in: packet) { return (offset, found) }
            insert(hash, place + offset)
            index += 1
        }
        return (name.count - 1, nil)
    }

    private func place(of name: [UInt8], from offset: Int, _ hash: UInt64, in packet: [UInt8]) -> Int? {
        var index = slot(hash)
        while slots[index] != 0 {
            let place = Int(slots[index] & Self.placeBits)
            // The longer parts of this same name are in the table, but not yet in the packet.
            let isCandidate = (slots[index] ^ hash) & ~Self.placeBits == 0 && place < packet.count
            if isCandidate, Self.isSame(name, offset, packet, place) { return place }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ hash: UInt64, _ place: Int) {
        // A pointer has fourteen bits.
        guard place <= Int(Self.placeBits) else { return }
        if count * 2 >= slots.count { grow() }
        put(hash & ~Self.placeBits | UInt64(place))
        count += 1
    }

    private mutating func put(_ entry: UInt64) {
        var index = slot(entry)
        while slots[index] != 0 { index = (index + 1) & (slots.count - 1) }
        slots[index] = entry
    }

    private mutating func grow() {
        let entries = slots.filter { $0 != 0 }
        slots = Array(repeating: 0, count: slots.count * 2)
        entries.forEach { put($0) }
    }

    private func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 14) & (slots.count - 1) }

    /// Whether the name from `offset` on is the one that stands at `place`, with its pointers followed.
    private static func isSame(_ name: [UInt8], _ offset: Int, _ packet: [UInt8], _ place: Int) -> Bool {
        var offset = offset
        var place = place
        while true {
            while packet[place] >= 0xc0 { place = Int(packet[place] & 0x3f) << 8 | Int(packet[place + 1]) }
            let end = offset + 1 + Int(name[offset])
            if name[offset] == 0 { return packet[place] == 0 }
            while offset < end {
                guard ASCIICase.folded(name[offset]) == ASCIICase.folded(packet[place]) else { return false }
                offset += 1
                place += 1
            }
        }
    }

    /// Where the labels of a name begin, and the hash of the name from each on.
    private struct Labels {
        var count = 0
        var starts = InlineArray<128, UInt8>(repeating: 0)
        var hashes = InlineArray<128, UInt64>(repeating: 0)

        init(_ name: [UInt8]) {
            var offset = 0
            while name[offset] != 0 {
                starts[count] = UInt8(truncatingIfNeeded: offset)
                offset += 1 + Int(name[offset])
                count += 1
            }
            // From the root on, so that what names have in common hashes alike.
            var hash = NameTable.seed
            var index = count
            while index > 0 {
                index -= 1
                let start = Int(starts[index])
                for octet in name[start...start + Int(name[start])] {
                    hash = (hash ^ UInt64(ASCIICase.folded(octet))) &* 0x9e37_79b9_7f4a_7c15
                }
                hash ^= hash >> 32
                hashes[index] = hash
            }
        }
    }
}
