import LinuxSystem
import Netlink
import NetworkNamespaces
import NetworkTypes
import Testing

/// Tracked connections of a namespace with flows of its own: 10.0.0.1 is its address, and a rule sends what goes to port
/// 5300 of it to 10.0.0.9:53, who never answers.
@Suite(.timeLimit(.minutes(1))) struct ConntrackTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let situation: String
        let filter: ConntrackFilter
        /// The destination ports of the flows that stay, sorted.
        let left: [UInt16]

        var testDescription: String { situation }
    }

    static let rows: [Row] = [
        Row(situation: "a protocol", filter: .udp(), left: [7000]),
        Row(situation: "a port", filter: .udp(port: 5300), left: [6000, 7000]),
        Row(situation: "an address and port", filter: .udp(to: "10.0.0.1", port: 6000), left: [5300, 7000]),
        Row(situation: "another address", filter: .udp(to: "10.0.0.2"), left: [5300, 6000, 7000]),
        Row(situation: "a backend", filter: .udp(from: "10.0.0.9"), left: [6000, 7000]),
        Row(situation: "a backend's port", filter: .udp(port: 5300, from: "10.0.0.9", 53), left: [6000, 7000]),
        Row(
            situation: "another backend's port",
            filter: .udp(port: 5300, from: "10.0.0.9", 54),
            left: [5300, 6000, 7000]
        ),
        Row(
            situation: "another protocol",
            filter: ConntrackFilter(family: .ipv4, transport: .tcp, originalDestinationPort: 5300),
            left: [5300, 6000, 7000]
        ),
        Row(
            situation: "an address of IPv6",
            filter: ConntrackFilter(
                family: .ipv6,
                transport: .udp,
                originalDestination: try? IPAddress(parsing: "fd00::1"),
                originalDestinationPort: 7000
            ),
            left: [5300, 6000]
        ),
        Row(
            situation: "another address of IPv6",
            filter: ConntrackFilter(
                family: .ipv6,
                transport: .udp,
                originalDestination: try? IPAddress(parsing: "fd00::2")
            ),
            left: [5300, 6000, 7000]
        ),
        Row(
            situation: "the other family",
            filter: ConntrackFilter(family: .ipv6, transport: .udp),
            left: [5300, 6000]
        ),
    ]

    @Test(arguments: rows) func `flows that the filter means are deleted, and no others`(row: Row) throws {
        let bed = try Bed()
        let before = try bed.ports()
        #expect(before == [5300, 6000, 7000])
        let deleted = try bed.socket.delete(row.filter)
        let left = try bed.ports()
        #expect(left == row.left)
        #expect(deleted == 3 - row.left.count)
        #expect(try bed.socket.flows(row.filter) == [])
    }

    @Test func `a flow is read as conntrack lists it`() throws {
        let bed = try Bed()
        let flow = try #require(try bed.socket.flows(.udp(port: 5300)).first)
        #expect(flow.original.destination.description == "10.0.0.1")
        #expect(flow.reply.source.description == "10.0.0.9")
        #expect(flow.reply.sourcePort == 53)
        let line = "src=\(flow.original.source) dst=10.0.0.1 sport=\(flow.original.sourcePort ?? 0) dport=5300"
        #expect(try bed.node.run("conntrack", "-L", "-p", "udp").contains(line))
    }

    @Test func `who is spared stays`() throws {
        let bed = try Bed()
        let deleted = try bed.socket.delete(.udp()) { $0.original.destinationPort == 6000 }
        #expect(deleted == 1)
        #expect(try bed.ports() == [5300, 7000])
    }

    @Test func `hundreds of flows go at once`() throws {
        let bed = try Bed()
        try bed.send((1...600).map { "10.0.0.1/\(20_000 + $0)" })
        #expect(try bed.socket.flows(.udp()).count == 602)
        #expect(try bed.socket.delete(.udp()) == 602)
        #expect(try bed.ports() == [7000])
    }

    private struct Bed {
        let node: TestNamespace
        let socket: ConntrackSocket

        init() throws {
            node = try TestNamespace("node")
            try node.run("ip", "address", "add", "10.0.0.1/24", "dev", "lo")
            try node.run("ip", "address", "add", "fd00::1/64", "dev", "lo", "nodad")
            let rules = """
                table inet t {
                  chain output {
                    type nat hook output priority -100
                    ct state new ip daddr 10.0.0.1 udp dport 5300 dnat ip to 10.0.0.9:53
                  }
                }
                """
            try node.run("nft", "-f", "-", input: rules)
            socket = try ConntrackSocket.open(in: node.namespace)
            try send(["10.0.0.1/5300", "10.0.0.1/6000"])
            // The kernel answers before the way to a new IPv6 address is there: no flow comes of a send until then.
            while try !ports().contains(7000) { try send(["fd00::1/7000"]) }
        }

        /// Sends a datagram to each place.
        func send(_ places: [String]) throws {
            let commands = places.map { "echo x >/dev/udp/\($0) || true" }.joined(separator: "\n")
            try node.run("bash", "-s", input: commands)
        }

        /// The destination ports of all flows over UDP.
        func ports() throws -> [UInt16] {
            try AddressFamily.allCases.flatMap { family in
                try socket.flows(ConntrackFilter(family: family, transport: .udp))
            }.compactMap(\.original.destinationPort).sorted()
        }
    }
}

extension ConntrackFilter {
    /// A filter of UDP over IPv4.
    fileprivate static func udp(
        to destination: String? = nil,
        port: UInt16? = nil,
        from backend: String? = nil,
        _ backendPort: UInt16? = nil
    ) -> ConntrackFilter {
        ConntrackFilter(
            family: .ipv4,
            transport: .udp,
            originalDestination: destination.flatMap { try? IPAddress(parsing: $0) },
            originalDestinationPort: port,
            replySource: backend.flatMap { try? IPAddress(parsing: $0) },
            replySourcePort: backendPort
        )
    }
}
