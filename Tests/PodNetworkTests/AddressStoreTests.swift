import LinuxSystem
import Netlink
import NetworkTypes
import PodNetwork
import Testing

/// A directory as host-local has it. The subnets are 10.42.1.0/29 (pods .2 to .6) and fd00:42:0:1::/64.
private struct StoreTestbed {
    let store: AddressStore
    let v4 = AddressRange(InterfaceAddress(.v4(IPv4Address(10, 42, 1, 1)), length: 29))
    let v6: AddressRange

    init() throws {
        let number = SystemTime.now()
        let directory = "/tmp/linnet-store-\(ProcessFacts.processID)-\(number)-\(UInt64.random(in: 0...UInt64.max))"
        store = AddressStore(dataDirectory: directory, network: "cbr0")
        v6 = AddressRange(try InterfaceAddress(parsing: "fd00:42:0:1::1/64"))
    }

    func pod(_ id: String, _ interface: String = "eth0") throws -> CNIAttachment {
        CNIAttachment(
            container: try #require(ContainerID(rawValue: id)),
            interface: try LinkName(validating: interface)
        )
    }

    func write(_ text: String, to name: String) throws {
        try Files.createDirectory(store.directory)
        try Files.rewrite("\(store.directory)/\(name)", with: text)
    }

    func read(_ name: String) throws -> String { try Files.readText("\(store.directory)/\(name)") }

    func remove() {
        for name in (try? Files.list(store.directory)) ?? [] { try? Files.remove("\(store.directory)/\(name)") }
        try? Files.removeDirectory(store.directory)
        try? Files.removeDirectory(String(store.directory.dropLast("/cbr0".count)))
    }
}

struct AddressStoreTests {
    @Test func `the files are host-local's`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        let given = try bed.store.reserve(for: bed.pod("abc"), from: [bed.v4, bed.v6])
        #expect(given.map(\.description) == ["10.42.1.2", "fd00:42:0:1::2"])
        #expect(try bed.read("10.42.1.2") == "abc\r\neth0\r\n")
        #expect(try bed.read("fd00:42:0:1::2") == "abc\r\neth0\r\n")
        #expect(try bed.read("last_reserved_ip.0") == "10.42.1.2")
        #expect(try bed.read("last_reserved_ip.1") == "fd00:42:0:1::2")
        #expect(try Files.status("\(bed.store.directory)/10.42.1.2").mode == 0o600)
        #expect(try Files.status(bed.store.directory).mode == 0o755)
    }

    @Test func `addresses are given in turn, and one that was freed last of all`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        var given: [String] = []
        for id in ["a", "b", "c"] {
            given += try bed.store.reserve(for: bed.pod(id), from: [bed.v4]).map(\.description)
        }
        try bed.store.release(bed.pod("a"))
        for id in ["d", "e", "f"] {
            given += try bed.store.reserve(for: bed.pod(id), from: [bed.v4]).map(\.description)
        }
        #expect(given == (2...6).map { "10.42.1.\($0)" } + ["10.42.1.2"])
        let error = #expect(throws: CNIError.self) { try bed.store.reserve(for: bed.pod("g"), from: [bed.v4]) }
        #expect(error?.code == .noAddress)
    }

    @Test(arguments: ["abc\r\neth0", "abc\neth0\n", "abc", " abc \r\n", "abc\r\n"])
    func `what host-local reserved is kept from others and released`(content: String) throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        try bed.write(content, to: "10.42.1.2")
        #expect(try bed.store.reserve(for: bed.pod("new"), from: [bed.v4]).map(\.description) == ["10.42.1.3"])
        try bed.store.release(bed.pod("abc", "eth1"))
        #expect(try bed.store.reservations().contains { $0.container == "abc" } == content.contains("eth0"))
        try bed.store.release(bed.pod("abc"))
        #expect(try bed.store.reservations().map(\.container) == ["new"])
    }

    @Test func `an address that a crash left without an owner is given before the subnet counts as full`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        for last in 2...5 { try bed.write("pod-\(last)\r\neth0", to: "10.42.1.\(last)") }
        try bed.write("", to: "10.42.1.6")
        try bed.write("", to: "last_reserved_ip.0")
        #expect(try bed.store.reserve(for: bed.pod("new"), from: [bed.v4]).map(\.description) == ["10.42.1.6"])
    }

    @Test func `DEL of any pod frees what a crash left without an owner`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        try bed.write("", to: "10.42.1.2")
        try bed.write("other\r\neth0", to: "10.42.1.3")
        try bed.store.release(bed.pod("abc"))
        #expect(try bed.store.reservations().map(\.container) == ["other"])
    }

    @Test func `if one family has none left, the other gives none`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        for last in 2...6 { try bed.write("pod-\(last)\r\neth0", to: "10.42.1.\(last)") }
        #expect(throws: CNIError.self) { try bed.store.reserve(for: bed.pod("new"), from: [bed.v6, bed.v4]) }
        #expect(try !bed.store.reservations().contains { $0.container == "new" })
    }

    @Test(arguments: [
        ("10.42.1.5", nil), ("10.42.1.2", CNIErrorCode.addressTaken), ("10.42.1.1", .invalidConfiguration),
        ("10.42.1.7", .invalidConfiguration), ("10.42.1.0", .invalidConfiguration), ("10.9.9.9", .invalidConfiguration),
    ])
    func `an address that is asked for is given if it is a free one of the subnet`(
        address: String,
        refusal: CNIErrorCode?
    ) throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        _ = try bed.store.reserve(for: bed.pod("first"), from: [bed.v4])
        let wanted = try IPAddress(parsing: address)
        if let refusal {
            let error = #expect(throws: CNIError.self) {
                try bed.store.reserve(for: bed.pod("second"), from: [bed.v4], asking: [wanted])
            }
            #expect(error?.code == refusal)
        } else {
            #expect(try bed.store.reserve(for: bed.pod("second"), from: [bed.v4], asking: [wanted]) == [wanted])
        }
    }

    @Test func `what a pod still has, or nobody, is confirmed, and what another one got is not`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        let pod = try bed.pod("abc")
        let given = try bed.store.reserve(for: pod, from: [bed.v4, bed.v6])
        try bed.store.confirm(given, of: pod)
        // As the audit or GC would, while the pod's ADD stands still.
        try bed.store.release(pod)
        try bed.store.confirm(given, of: pod)
        #expect(try bed.store.reservations().map(\.container) == ["abc", "abc"])
        try bed.write("", to: "10.42.1.2")
        try bed.store.confirm(given, of: pod)
        #expect(try bed.read("10.42.1.2") == "abc\r\neth0\r\n")
        try bed.write("other\r\neth0", to: "10.42.1.2")
        let error = #expect(throws: CNIError.self) { try bed.store.confirm(given, of: pod) }
        #expect(error?.code == .tryAgainLater)
        #expect(error?.message == "the address 10.42.1.2 of container abc was given to container other")
        #expect(try bed.read("10.42.1.2") == "other\r\neth0")
    }

    @Test(arguments: [("abc\r\neth0\r\n", true), ("abc\r\neth0", false), ("abc\r\n", false), ("", false)])
    func `who gave an address shows in the end of its file`(content: String, isOwn: Bool) throws {
        let reservation = Reservation(try IPAddress(parsing: "10.42.1.2"), text: content)
        #expect(reservation.isOwn == isOwn)
    }

    @Test func `what cannot be released is named, and the rest is released`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        let pod = try bed.pod("abc")
        _ = try bed.store.reserve(for: pod, from: [bed.v4, bed.v6])
        // A directory cannot be unlinked, not even by root.
        let release = try bed.store.releaseLeaked { given in
            for file in given where file.reservation.address.family == .ipv4 {
                try Files.remove("\(bed.store.directory)/\(file.reservation.address)")
                try Files.createDirectory("\(bed.store.directory)/\(file.reservation.address)")
            }
            return given
        }
        #expect(release.released.map(\.address.description) == ["fd00:42:0:1::2"])
        #expect(release.failures == ["unlink \(bed.store.directory)/10.42.1.2: EISDIR (Is a directory)"])
        try Files.removeDirectory("\(bed.store.directory)/10.42.1.2")
    }

    @Test func `releasing needs no directory`() throws {
        let bed = try StoreTestbed()
        try bed.store.release(bed.pod("abc"))
        #expect(try bed.store.reservations() == [])
    }

    @Test func `garbage is what the runtime does not name`() throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        for id in ["a", "b"] { _ = try bed.store.reserve(for: bed.pod(id), from: [bed.v4, bed.v6]) }
        try bed.write("", to: "10.42.1.5")
        try bed.write("not an address", to: "notes.txt")
        try bed.store.releaseAll(except: [bed.pod("b")])
        #expect(try bed.store.reservations().map(\.container) == ["b", "b"])
        #expect(try bed.read("notes.txt") == "not an address")
    }

    @Test func `five hundred at once get five hundred addresses`() async throws {
        let bed = try StoreTestbed()
        defer { bed.remove() }
        let range = AddressRange(try InterfaceAddress(parsing: "10.42.0.1/20"))
        let (store, v6) = (bed.store, bed.v6)
        let pods = try (0..<500).map { try bed.pod("pod-\($0)") }
        let given = try await withThrowingTaskGroup(of: [IPAddress].self) { group in
            for pod in pods { group.addTask { try store.reserve(for: pod, from: [range, v6]) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(given.count == 1000)
        #expect(Set(given).count == 1000)
        #expect(try store.reservations().count == 1000)
    }
}
