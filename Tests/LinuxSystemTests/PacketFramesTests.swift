import LinuxSystem
import Testing

@Suite struct PacketFramesTests {
    private static let packets: [[UInt8]] = [[], [1], [2, 3, 4], Array(repeating: 5, count: 300), [6]]
    private static let stream: [UInt8] = packets.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }

    @Test(arguments: [1, 2, 3, 4, 7, 299, 302, 303, 1000])
    func `packets come whole in pieces of any size`(size: Int) {
        var frames = PacketFrames()
        var taken: [[UInt8]] = []
        for start in stride(from: 0, to: Self.stream.count, by: size) {
            frames.append(Self.stream[start..<min(start + size, Self.stream.count)].span)
            while let packet = frames.next() { taken.append(Array(packet)) }
        }
        #expect(taken == Self.packets)
    }

    @Test func `packets that are left wait for the next that come`() {
        var frames = PacketFrames()
        frames.append(Self.stream.span)
        #expect(frames.next()?.count == 0)
        #expect(frames.next() == [1])
        frames.append(Self.stream.span)
        #expect(frames.next() == [2, 3, 4])
        #expect(frames.next()?.count == 300)
        #expect(frames.next() == [6])
        #expect(frames.next()?.count == 0)
    }

    @Test(
        arguments: [
            ("nothing", [], 65537), ("a length", [0, 9], 65535), ("half a length", [7], 65536),
            ("a piece of the longest", [0xff, 0xff] + Array(repeating: 0, count: 65534), 1),
            ("a packet and the next length", [0, 1, 9, 0], 65536), ("a packet", [0, 1, 9], 65537),
        ] as [(String, [UInt8], Int)]
    )
    func `the rest of the longest packet always finds room`(situation: String, octets: [UInt8], room: Int) {
        var frames = PacketFrames()
        frames.append(octets.span)
        while frames.next() != nil {}
        #expect(frames.room == room, "\(situation)")
    }
}

@Suite struct PacketAddressTests {
    @Test(
        arguments: [
            (0xc000_0201, true, PacketAddress(high: 0, low: 0xffff_c000_0201)),
            (0, true, PacketAddress(high: 0, low: 0xffff_0000_0000)),
            (0xffff_ffff, true, PacketAddress(high: 0, low: 0xffff_ffff_ffff)),
            (1, false, PacketAddress(high: 0, low: 1)),
            (1 << 64 | 0xffff_0000_0001, false, PacketAddress(high: 1, low: 0xffff_0000_0001)),
            (.max, false, PacketAddress(high: .max, low: .max)),
        ] as [(UInt128, Bool, PacketAddress)]
    )
    func `IPv4 addresses are IPv4-mapped ones`(number: UInt128, isIPv4: Bool, address: PacketAddress) {
        #expect(PacketAddress(number: number, isIPv4: isIPv4) == address)
        #expect(address.isIPv4 == isIPv4)
        #expect(address.number == number)
        if isIPv4 { #expect(PacketAddress(v4: UInt32(number)) == address) }
    }
}
