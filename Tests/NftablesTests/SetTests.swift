import NetworkTypes
import Testing

@testable import Nftables

@Suite struct SetTests {
    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private let frontend: [Selector] = [.ip4(.destination), .l4proto, .port(.destination)]

    // What nft 1.0.6 --debug=mnl sends for: typeof ip daddr . meta l4proto . th dport . numgen random mod 2
    //     : ip daddr . th dport
    @Test func `a map of concatenations carries the types as nft notes them`() {
        let map = SetDefinition(
            "endpoints",
            key: frontend + [.numgen(NumberGenerator(.random, modulus: 2))],
            value: .fields([.ip4(.destination), .port(.destination)])
        )
        let shape = map.shape
        #expect(shape.flags == 0x8)
        #expect(shape.keyType == 0x1cc344)
        #expect(shape.keyLength == 16)
        #expect(shape.dataType == 0x1cd)
        #expect(shape.dataLength == 8)
        let ip = "000407000000" + "010c" + "00040c000000" + "01040c000000"
        let port = "000407000000" + "010c" + "00040b000000" + "010402000000"
        let proto = "000409000000" + "0106" + "000410000000"
        let number = "000417000000" + "0112" + "000401000000" + "010402000000" + "020400000000"
        let key = "00040d000000" + "0158" + "0014" + ip + "010e" + proto + "0214" + port + "031a" + number
        let data = "00040d000000" + "012c" + "0014" + ip + "0114" + port
        #expect(hexadecimal(shape.userData) == "000400000000" + "010400000000" + "0360" + key + "0434" + data)
    }

    @Test(arguments: [
        (SetDefinition("a", key: [.ip4(.source)]), 0x0, 7, 4),
        (SetDefinition("a", key: [.ip4(.source)], isInterval: true), 0x4, 7, 4),
        (
            SetDefinition("a", key: [.ip6(.destination), .l4proto, .port(.destination)], value: .verdict), 0x8, 0x830d,
            24
        ),
        (SetDefinition("a", key: [.l4proto, .port(.destination)], value: .verdict), 0x8, 0x30d, 8),
        (SetDefinition("a", key: [.ip4(.source), .port(.source)], isInterval: true), 0x84, 0x1cd, 8),
        (SetDefinition("a", key: [.inputInterface], isDynamic: true, timeoutSeconds: 30), 0x30, 41, 16),
    ])
    func `flags, type and length are the kernel's`(
        _ set: SetDefinition,
        _ flags: UInt32,
        _ type: UInt32,
        _ length: UInt32
    ) {
        #expect(set.shape.flags == flags)
        #expect(set.shape.keyType == type)
        #expect(set.shape.keyLength == length)
    }

    @Test func `a comment is part of the shape and is read from it`() {
        let set = SetDefinition("a", key: [.ip4(.source)], comment: "overlay")
        #expect(set.shape.comment == "overlay")
        #expect(hexadecimal(set.shape.userData).hasSuffix("07086f7665726c617900"))
    }

    @Test func `fields of a concatenation are padded, one alone is not`() {
        #expect(SetElement(.port(80)).key == [0, 80])
        #expect(SetElement(.l4proto(.tcp), .port(80)).key == [6, 0, 0, 0, 0, 80, 0, 0])
    }

    @Test(arguments: [
        "0.0.0.0/0", "10.0.0.0/8", "10.42.3.7/32", "255.255.255.255/32", "255.255.255.0/24", "fd00::/64", "::/0",
    ])
    func `an interval is written as its start and the key behind it, and read back`(_ text: String) throws {
        let prefix = try IPPrefix(parsing: text)
        let set = SetDefinition("a", key: [.ip(.source, prefix.family)], isInterval: true)
        let element = SetElement(prefix)
        let parts = Self.parts(of: element, in: set)
        #expect(parts[0].element.key == prefix.base.bytes)
        #expect(parts.count == (prefix.last.bytes.allSatisfy { $0 == 0xff } ? 1 : 2))
        #expect(SetElement.elements(of: parts.reversed(), shape: set.shape) == [element])
    }

    private static func parts(of element: SetElement, in set: SetDefinition) -> [ElementPart] {
        var parts: [ElementPart] = []
        element.forEachPart(of: set) { parts.append(ElementPart(element: $0, isEnd: $1)) }
        return parts
    }

    @Test func `intervals that touch stay two`() throws {
        let set = SetDefinition("a", key: [.ip4(.source)], isInterval: true)
        let elements = [
            SetElement(try IPPrefix(parsing: "10.0.0.0/24")), SetElement(try IPPrefix(parsing: "10.0.1.0/24")),
        ]
        let parts = elements.flatMap { Self.parts(of: $0, in: set) }
        #expect(SetElement.elements(of: parts.reversed(), shape: set.shape) == elements)
    }

    @Test func `elements are written as nft writes them`() {
        let services = SetDefinition("s", key: frontend, value: .verdict)
        let address = FieldValue.address(.v4(IPv4Address(10, 43, 0, 1)))
        let element = SetElement(address, .l4proto(.udp), .port(53), verdict: .goto("lb-2"), comment: "kube-system/dns")
        #expect(services.text(element) == "10.43.0.1 . udp . 53 comment \"kube-system/dns\" : goto lb-2")
        let peers = SetDefinition("p", key: [.ip4(.source)], isInterval: true)
        let range = SetElement(key: [10, 0, 0, 1], end: [10, 0, 0, 9], timeoutSeconds: 5)
        #expect(peers.text(range) == "10.0.0.1-10.0.0.9 timeout 5s")
    }
}
