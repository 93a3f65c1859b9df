import ClusterFixtures
import NetworkTypes
import Testing

@testable import ClusterDNS

@Suite struct DashedAddressTests {
    @Test(arguments: [
        ("10.42.0.3", "10-42-0-3"),
        ("255.255.255.255", "255-255-255-255"),
        ("fd00:42::3", "fd00-42--3"),
        ("fd00:42::", "fd00-42--0"),
        ("::1", "--1"),
        ("::", "--0"),
        ("2001:db8:1:2:3:4:5:6", "2001-db8-1-2-3-4-5-6"),
    ])
    func `an address has one label, and the label leads back to it`(text: String, label: String) {
        let octets = Array(label.utf8)
        #expect(DashedAddress.label(of: address(text)) == octets)
        #expect(DashedAddress.address(octets.span, 0..<octets.count) == address(text))
    }

    @Test(arguments: [
        ("1-2-3-4", "1.2.3.4"),
        ("fd00--", "fd00::"),
        ("--", "::"),
        ("0000-0-0-0-0-0-0-0001", "::1"),
        ("1--3-4", "1::3:4"),
        ("--1-2-3", "::1:2:3"),
        // Anything else is no address.
        ("", nil), ("1", nil), ("10", nil), ("1-2-3", nil), ("1-2-3-256", nil), ("1-2-3-04", nil), ("1-2-3-4-5", nil),
        ("1-2-3-", nil), ("-1-2-3", nil), ("a-b-c-d", nil), ("x", nil), ("1---2", nil), ("1--2--3", nil),
        ("-1--2", nil), ("1--2-", nil), ("12345--", nil), ("1-2-3-4-5-6-7-8-9", nil), ("1-2-3-4--5-6-7-8", nil),
        ("1-2-3-4-5-6-7--8", nil), ("1-2-3-4-5-6--8", "1:2:3:4:5:6:0:8"), ("g--1", nil), ("1-2-3-4-5-6-7-g", nil),
    ])
    func `a label in another form`(label: String, text: String?) {
        let octets = Array("x\(label)y".utf8)
        #expect(DashedAddress.address(octets.span, 1..<octets.count - 1)?.description == text)
    }
}
