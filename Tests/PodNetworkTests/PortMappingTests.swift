import Netlink
import NetworkTypes
import Testing

@testable import PodNetwork

/// What a runtime may write under `portMappings`, and what it is told otherwise.
struct PortMappingTests {
    private func mappings(_ text: String) throws(CNIError) -> [PortMapping] {
        let document = #"{"cniVersion":"1.0.0","name":"cbr0","runtimeConfig":{"portMappings":\#(text)}}"#
        return try CNIConfiguration(parsing: Array(document.utf8)).portMappings
    }

    @Test(arguments: [
        ("null", []),
        ("[]", []),
        (#"[{"hostPort":8080,"containerPort":80}]"#, ["tcp 8080 to 80"]),
        (#"[{"hostPort":1,"containerPort":65535,"protocol":"UDP","hostIP":""}]"#, ["udp 1 to 65535"]),
        (#"[{"hostPort":65535,"containerPort":1,"protocol":"sctp","hostIP":null}]"#, ["sctp 65535 to 1"]),
        (#"[{"hostPort":80,"containerPort":80,"protocol":null,"hostIP":"0.0.0.0"}]"#, ["tcp 80 to 80"]),
        (#"[{"hostPort":80,"containerPort":80,"hostIP":"::"}]"#, ["tcp 80 to 80"]),
        (#"[{"hostPort":80,"containerPort":8,"hostIP":"192.0.2.1"}]"#, ["tcp 192.0.2.1:80 to 8"]),
        (#"[{"hostPort":80,"containerPort":8,"hostIP":"FD00::0:1"}]"#, ["tcp [fd00::1]:80 to 8"]),
        (#"[{"hostPort":80,"containerPort":8,"unknown":[1]}]"#, ["tcp 80 to 8"]),
        (
            #"[{"hostPort":53,"containerPort":53},{"hostPort":53,"containerPort":53,"protocol":"udp"}]"#,
            ["tcp 53 to 53", "udp 53 to 53"]
        ),
        (
            #"[{"hostPort":80,"containerPort":1,"hostIP":"0.0.0.0"},{"hostPort":80,"containerPort":2,"hostIP":"::"}]"#,
            ["tcp 80 to 1", "tcp 80 to 2"]
        ),
    ])
    func `what runtimes write is read`(text: String, ports: [String]) throws {
        #expect(try mappings(text).map { "\($0) to \($0.containerPort)" } == ports)
    }

    private static let port = "write a number from 1 to 65535"
    private static let transport = "host ports are of tcp, udp or sctp"
    private static let address = "write one IP address that the node has or gets, or leave it out for all of them"

    static let refusals: [(entry: String, message: String, details: String)] = [
        ("7", "portMappings[0] is a number instead of an object", ""),
        (#"{"containerPort":80}"#, "hostPort of portMappings[0] is missing", port),
        (#"{"hostPort":null,"containerPort":80}"#, "hostPort of portMappings[0] is null", port),
        (#"{"hostPort":0,"containerPort":80}"#, "hostPort of portMappings[0] is 0", port),
        (#"{"hostPort":-1,"containerPort":80}"#, "hostPort of portMappings[0] is -1", port),
        (#"{"hostPort":65536,"containerPort":80}"#, "hostPort of portMappings[0] is 65536", port),
        (#"{"hostPort":80.5,"containerPort":80}"#, "hostPort of portMappings[0] is 80.5", port),
        (#"{"hostPort":"80","containerPort":80}"#, #"hostPort of portMappings[0] is "80""#, port),
        (#"{"hostPort":"80-90","containerPort":80}"#, #"hostPort of portMappings[0] is "80-90""#, port),
        (#"{"hostPort":[80,90],"containerPort":80}"#, "hostPort of portMappings[0] is [80,90]", port),
        (#"{"hostPort":true,"containerPort":80}"#, "hostPort of portMappings[0] is true", port),
        (#"{"hostPort":80}"#, "containerPort of portMappings[0] is missing", port),
        (#"{"hostPort":80,"containerPort":0}"#, "containerPort of portMappings[0] is 0", port),
        (#"{"hostPort":80,"containerPort":99999}"#, "containerPort of portMappings[0] is 99999", port),
        (
            #"{"hostPort":80,"containerPort":80,"protocol":"icmp"}"#, #"protocol of portMappings[0] is "icmp""#,
            transport
        ),
        (#"{"hostPort":80,"containerPort":80,"protocol":""}"#, #"protocol of portMappings[0] is """#, transport),
        (#"{"hostPort":80,"containerPort":80,"protocol":6}"#, "protocol of portMappings[0] is 6", transport),
        (#"{"hostPort":80,"containerPort":80,"hostIP":"node1"}"#, #"hostIP of portMappings[0] is "node1""#, address),
        (#"{"hostPort":80,"containerPort":80,"hostIP":"::1/64"}"#, #"hostIP of portMappings[0] is "::1/64""#, address),
        (
            #"{"hostPort":80,"containerPort":80,"hostIP":"fe80::1%eth0"}"#,
            #"hostIP of portMappings[0] is "fe80::1%eth0""#, address
        ),
        (
            #"{"hostPort":80,"containerPort":80,"hostIP":"224.0.0.1"}"#, #"hostIP of portMappings[0] is "224.0.0.1""#,
            address
        ),
        (
            #"{"hostPort":80,"containerPort":80,"hostIP":"ff02::1"}"#, #"hostIP of portMappings[0] is "ff02::1""#,
            address
        ),
        (
            #"{"hostPort":80,"containerPort":80,"hostIP":"::1"}"#, #"hostIP of portMappings[0] is "::1""#,
            "the kernel sends nothing of ::1 to a pod: write 127.0.0.1, or another address"
        ),
        (#"{"hostPort":80,"containerPort":80,"hostIP":1}"#, "hostIP of portMappings[0] is 1", address),
    ]

    @Test(arguments: refusals)
    func `an entry that cannot be is named, with what to write`(entry: String, message: String, details: String) {
        let error = #expect(throws: CNIError.self) { try mappings("[\(entry)]") }
        #expect(error?.message == message)
        #expect(error?.details == details)
        let isUndecodable = error?.code == .undecodable
        #expect(isUndecodable ? entry == "7" : error?.code == .invalidConfiguration)
    }

    @Test func `the list itself must be one`() {
        let error = #expect(throws: CNIError.self) { try mappings("{}") }
        #expect(error?.message == "'portMappings' in the configuration is an object instead of a list")
    }

    @Test(arguments: [
        (#"{"hostPort":80,"containerPort":1}"#, #"{"hostPort":80,"containerPort":2}"#, "tcp 80"),
        (
            #"{"hostPort":80,"containerPort":1}"#, #"{"hostPort":80,"containerPort":2,"hostIP":"0.0.0.0"}"#, "tcp 80"
        ),
        (
            #"{"hostPort":5,"containerPort":1,"protocol":"sctp","hostIP":"fd00::1"}"#,
            #"{"hostPort":5,"containerPort":2,"protocol":"SCTP","hostIP":"fd00:0::1"}"#, "sctp [fd00::1]:5"
        ),
    ])
    func `two ways for one packet are refused`(first: String, second: String, port: String) {
        let error = #expect(throws: CNIError.self) { try mappings("[\(first),\(second)]") }
        let message = "portMappings[1] wants the host port \(port), which entry [0] of the same pod wants too"
        #expect(error?.message == message)
    }

    @Test(arguments: [
        ("192.0.2.1", [AddressFamily.ipv6]), ("fd00::1", [.ipv4]), ("0.0.0.0", [.ipv6]), ("::", [.ipv4]),
    ])
    func `a host address of a family that the pod has no address of is refused`(
        host: String,
        families: [AddressFamily]
    ) throws {
        let record = try record(host, families)
        let error = #expect(throws: CNIError.self) { try record.check() }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("but the pod has none") == true, "\(String(describing: error))")
        #expect(throws: Never.self) { try self.record(host, AddressFamily.allCases).check() }
    }

    private func record(_ host: String, _ families: [AddressFamily]) throws -> HostPortRecord {
        let text = #"[{"hostPort":80,"containerPort":80,"hostIP":"\#(host)"}]"#
        let attachment = CNIAttachment(
            container: try #require(ContainerID(rawValue: "a")),
            interface: try LinkName(validating: "eth0")
        )
        return HostPortRecord(
            attachment: attachment,
            network: "cbr0",
            addresses: families.map { IPAddress(family: $0, number: 1) },
            mappings: try mappings(text)
        )
    }
}
