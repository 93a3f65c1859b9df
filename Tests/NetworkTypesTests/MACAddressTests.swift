import NetworkTypes
import Testing

@Suite struct MACAddressTests {
    @Test(arguments: [
        ("12:c6:65:89:b4:e3", "12:c6:65:89:b4:e3"), ("12:C6:65:89:B4:E3", "12:c6:65:89:b4:e3"),
        ("00:00:00:00:00:00", "00:00:00:00:00:00"), ("ff:ff:ff:ff:ff:ff", "ff:ff:ff:ff:ff:ff"),
    ])
    func `a hardware address is read in either case and printed in lower case`(text: String, printed: String) throws {
        let address = try MACAddress(parsing: text)
        #expect(address.description == printed)
        #expect(MACAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "12:c6:65:89:b4", "12:c6:65:89:b4:e3:00", "12-c6-65-89-b4-e3", "1:c6:65:89:b4:e3", "12:c6:65:89:b4:+3",
        "12:c6:65:89:b4:gg", "12c66589b4e3", "12:c6:65:89:b4:１２",
    ])
    func `what is no hardware address is refused`(text: String) {
        #expect(throws: AddressSyntaxError.self) { try MACAddress(parsing: text) }
    }

    @Test(arguments: [UInt64.min, UInt64.max, 0x0100_0000_0000, 0xfeed_beef_cafe])
    func `an address made from a number is local and of one station`(number: UInt64) {
        let address = MACAddress.locallyAdministered(number)
        #expect(address.isLocallyAdministered)
        #expect(!address.isMulticast)
        #expect(address.rawValue & 0xff_ffff_ffff == number & 0xff_ffff_ffff)
    }

    @Test func `values for each family come IPv4 first`() {
        var values = PerFamily<Int>()
        #expect(values.isEmpty)
        values[.ipv6] = 6
        values[.ipv4] = 4
        #expect(values.values == [4, 6])
        #expect(values.mapValues { $0 * 2 } == PerFamily(v4: 8, v6: 12))
        values[.ipv4] = nil
        #expect(values.families == [.ipv6])
    }
}
